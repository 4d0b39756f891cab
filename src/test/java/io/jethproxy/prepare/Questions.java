package io.jethproxy.prepare;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Call;
import io.jethproxy.call.Deadline;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Journal;
import io.jethproxy.call.Moment;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Stage;
import io.jethproxy.chain.LoggedChain;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.Network;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Request;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Asks a stage, with a provider behind it that answers with what it was asked, or as told. */
final class Questions {

  static final Methods METHODS = Methods.load();
  private static final Network MAINNET =
      new Network(LoggedChain.CHAIN_ID, "mainnet", List.of(), 12_000, Set.of());

  /** What reached the provider is told from what was answered before it. */
  static final String ASKED = "asked ";

  private Questions() {}

  static Call call(String method, String params) {
    return call(method, params, new Moment());
  }

  static Call call(String method, String params, Moment moment) {
    return new Call(
        MAINNET,
        new Request(
            RawJson.of("1"), method, params.isEmpty() ? RawJson.ABSENT : RawJson.of(params)),
        METHODS.of(method),
        new Deadline(1),
        new Journal(0, 1),
        new Abandonment(),
        moment);
  }

  /** What is asked of the provider ({@value #ASKED} and the params), or the answer before that. */
  static String ask(Stage stage, String method, String params) {
    return ask(stage, call(method, params));
  }

  static String ask(Stage stage, Call call) {
    return text(stage.handle(call, Questions::echo).join());
  }

  /** What a client is told when the provider answers so. */
  static String ask(Stage stage, String method, String params, String providerAnswers) {
    Handler provider =
        _ ->
            CompletableFuture.completedFuture(
                new Outcome.Answer(RawJson.of(providerAnswers), "provider", true));
    return text(stage.handle(call(method, params), provider).join());
  }

  static CompletableFuture<Outcome> echo(Call call) {
    return CompletableFuture.completedFuture(
        new Outcome.Answer(RawJson.of(ASKED + call.request().params().text()), "provider", true));
  }

  static String text(Outcome outcome) {
    return ((Outcome.Answer) outcome).result().text();
  }
}
