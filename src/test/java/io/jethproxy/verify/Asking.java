package io.jethproxy.verify;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Call;
import io.jethproxy.call.Deadline;
import io.jethproxy.call.Journal;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Trouble;
import io.jethproxy.chain.View;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.Network;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Puts answers before a {@link Verify}, one after the other, on one network. */
final class Asking {

  private static final Methods METHODS = Methods.load();

  private final List<Long> astray = new ArrayList<>();
  private final Verify verify = new Verify(astray::add);
  private final Network network;
  private View view = View.UNKNOWN;

  Asking(String... quirks) {
    this(new Network(1, "mainnet", List.of(), 12_000, Set.of(quirks)));
  }

  Asking(Network network) {
    this.network = network;
  }

  Asking knowing(View known) {
    this.view = known;
    return this;
  }

  /** The answer as the provider {@code a} gives it. */
  Outcome check(String method, String params, JsonNode result) {
    return check(method, params, result, "a");
  }

  Outcome check(String method, String params, JsonNode result, String by) {
    Outcome answer = new Outcome.Answer(RawJson.of(result.toString()), by, false);
    return verify.check(call(method, params), answer, view);
  }

  Profile.State state(Aspect aspect) {
    return java.util.Objects.requireNonNull(
        verify.known(network.chainId()).orElseThrow().states().get(aspect));
  }

  private Call call(String method, String params) {
    return new Call(
        network,
        new Request(RawJson.of("1"), method, RawJson.of(params)),
        METHODS.of(method),
        new Deadline(0),
        new Journal(0, 1),
        new Abandonment());
  }

  /** The chain ids of answers that were of another branch. */
  List<Long> astray() {
    return astray;
  }

  static boolean isPassed(Outcome outcome) {
    return outcome instanceof Outcome.Answer;
  }

  static boolean isWrong(Outcome outcome) {
    return outcome.equals(new Outcome.Unserved(Trouble.WRONG_ANSWER, "a"));
  }

  static boolean isMissing(Outcome outcome) {
    return outcome.equals(new Outcome.Unserved(Trouble.MISSING_DATA, "a"));
  }

  /** A block that anvil made under the newest rules, with its transactions, logs and receipts. */
  static ObjectNode row() {
    return (ObjectNode) rows("anvil-blocks.json").get(6).deepCopy();
  }

  static ObjectNode block() {
    return (ObjectNode) row().required("block");
  }

  static JsonNode rows(String file) {
    try (var in = Methods.class.getResourceAsStream(file)) {
      return JsonMapper.shared().readTree(in);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
