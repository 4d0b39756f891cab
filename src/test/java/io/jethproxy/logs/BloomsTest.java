package io.jethproxy.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Call;
import io.jethproxy.call.Deadline;
import io.jethproxy.call.Journal;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Trouble;
import io.jethproxy.chain.Chains;
import io.jethproxy.demo.DemoChain;
import io.jethproxy.demo.DemoNode;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.Slices;
import io.jethproxy.fleet.Calls;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.fleet.HandTicker;
import io.jethproxy.fleet.RangeLimits;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Request;
import io.jethproxy.rpc.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A provider of a chain with true headers and receipts that leaves out logs. */
class BloomsTest {

  private static final Methods METHODS = Methods.load();
  private static final String RANGE = "\"fromBlock\":\"0x1\",\"toBlock\":\"0x28\"";

  private final HandTicker ticker = new HandTicker();
  private final DemoNode node =
      new DemoNode(
          new DemoChain(new DemoChain.Config(11, 2_000, 40, 0), 1_800_000_000_000L),
          METHODS,
          "quick",
          0);
  private final List<String> asked = new ArrayList<>();
  private UnaryOperator<RawJson> logs = UnaryOperator.identity();
  private UnaryOperator<RawJson> receipts = UnaryOperator.identity();

  private Logs stage(boolean looks) {
    return new Logs(
        new Fleets(List.of(), OptionalLong.empty(), ticker),
        new Chains(),
        new RangeLimits(ticker),
        looks ? Optional.of(METHODS) : Optional.empty(),
        new Logs.Config(10_000, 1_000, 1 << 20, 1 << 20));
  }

  private static Call call(String members) {
    return new Call(
        Calls.MAINNET,
        new Request(RawJson.of("1"), "eth_getLogs", RawJson.of("[{" + members + "}]")),
        METHODS.of("eth_getLogs"),
        new Deadline(1),
        new Journal(0, 1),
        new Abandonment());
  }

  private RawJson truth(String method, String params) {
    return ((Result) node.answer(method, RawJson.of(params))).value();
  }

  private CompletableFuture<Outcome> provider(Call call) {
    String method = call.request().method();
    asked.add(method);
    RawJson honest = truth(method, call.request().params().text());
    RawJson told =
        switch (method) {
          case "eth_getLogs" -> logs.apply(honest);
          case "eth_getBlockReceipts" -> receipts.apply(honest);
          default -> honest;
        };
    return CompletableFuture.completedFuture(
        told.isNull()
            ? new Outcome.Refused(new Refusal(Refusal.Kind.NO_PROVIDER, "none", "none"))
            : new Outcome.Answer(told, "p", true));
  }

  private String answer(boolean looks, Call call) {
    return ((Outcome.Answer) stage(looks).handle(call, this::provider).join()).result().text();
  }

  /** Leaves out all logs of the blocks of every third log. */
  private static RawJson thinned(RawJson array) {
    List<RawJson> all = Slices.elements(array);
    List<RawJson> left = new ArrayList<>(all);
    for (int i = 1; i < all.size(); i += 3) {
      RawJson block = Slices.member(all.get(i), "blockNumber");
      left.removeIf(log -> Slices.member(log, "blockNumber").equals(block));
    }
    return RawJson.of(left.stream().map(RawJson::text).toList().toString());
  }

  private String whole(String members) {
    return Slices.elements(truth("eth_getLogs", "[{" + members + "}]")).stream()
        .map(RawJson::text)
        .toList()
        .toString()
        .replace(", {", ",{");
  }

  @Test
  void putsBackWhatAProviderLeavesOut() {
    logs = BloomsTest::thinned;
    Call call = call(RANGE);

    assertThat(answer(true, call)).isEqualTo(whole(RANGE));
    assertThat(call.journal().attempts())
        .containsExactly(new Journal.Entry("p", Trouble.WRONG_ANSWER, 0, false));
  }

  @Test
  void putsBackOnlyWhatTheFilterWants() {
    RawJson first = Slices.elements(truth("eth_getLogs", "[{" + RANGE + "}]")).getFirst();
    String topics =
        RANGE
            + ",\"topics\":[null,"
            + Slices.element(Slices.member(first, "topics"), 1).text()
            + "]";
    logs = _ -> RawJson.of("[]");

    assertThat(answer(true, call(topics))).isEqualTo(whole(topics)).contains("logIndex");
  }

  @Test
  void changesNothingOfAWholeAnswer() {
    Call call = call(RANGE);

    assertThat(answer(true, call)).isEqualTo(truth("eth_getLogs", "[{" + RANGE + "}]").text());
    assertThat(call.journal().attempts()).isEmpty();
    assertThat(asked).contains("eth_getBlockByNumber");
  }

  @Test
  void believesNoReceiptsThatTheHeaderDoesNotName() {
    logs = _ -> RawJson.of("[]");
    receipts =
        honest -> RawJson.of(honest.text().replaceFirst("\"data\":\"0x..", "\"data\":\"0x77"));
    String forged = answer(true, call(RANGE));
    receipts = _ -> RawJson.NULL;

    assertThat(answer(true, call(RANGE))).isEqualTo("[]");
    assertThat(forged).doesNotContain("\"data\":\"0x77");
  }

  @Test
  void asksNothingMoreUnlessTold() {
    logs = BloomsTest::thinned;

    answer(false, call(RANGE));

    assertThat(asked).containsExactly("eth_getLogs");
  }
}
