package io.jethproxy.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Call;
import io.jethproxy.call.Deadline;
import io.jethproxy.call.Journal;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Trouble;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.LoggedChain;
import io.jethproxy.demo.DemoChain;
import io.jethproxy.demo.DemoNode;
import io.jethproxy.eth.Hex;
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
  private UnaryOperator<RawJson> again = UnaryOperator.identity();
  private UnaryOperator<RawJson> headers = UnaryOperator.identity();
  private String by = "p";
  private UnaryOperator<RawJson> receipts = UnaryOperator.identity();

  private final LoggedChain chain = new LoggedChain();
  private int partsMax = 1_000;

  /** The chain is known from block 20 on. */
  BloomsTest() {
    for (long number = 0x14; number <= 0x28; number++) {
      chain.follow(block(number));
    }
  }

  private Block block(long number) {
    String params = "[\"" + Hex.quantity(number) + "\",false]";
    return Block.read(truth("eth_getBlockByNumber", params)).orElseThrow();
  }

  private Logs stage(boolean looks) {
    return new Logs(
        new Fleets(List.of(), OptionalLong.empty(), ticker),
        chain.chains(),
        new RangeLimits(ticker),
        looks ? Optional.of(METHODS) : Optional.empty(),
        new Logs.Config(10_000, partsMax, 1 << 20, 1 << 20));
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

  private RawJson logsOf(Call call, RawJson honest) {
    boolean isAgain = call.request().params().text().contains("blockHash");
    return isAgain ? again.apply(honest) : logs.apply(honest);
  }

  /** The node knows no blocks by hash when it is asked for logs. */
  private RawJson honest(String method, RawJson params) {
    RawJson hash = Slices.member(Slices.element(params, 0), "blockHash");
    if (hash.isAbsent()) {
      return truth(method, params.text());
    }
    String number =
        Slices.member(truth("eth_getBlockByHash", "[" + hash.text() + ",false]"), "number").text();
    return truth(
        method,
        params
            .text()
            .replace(
                "\"blockHash\":" + hash.text(),
                "\"fromBlock\":" + number + ",\"toBlock\":" + number));
  }

  private CompletableFuture<Outcome> provider(Call call) {
    String method = call.request().method();
    asked.add(method);
    RawJson honest = honest(method, call.request().params());
    RawJson told =
        switch (method) {
          case "eth_getLogs" -> logsOf(call, honest);
          case "eth_getBlockByNumber" -> headers.apply(honest);
          case "eth_getBlockReceipts" -> receipts.apply(honest);
          default -> honest;
        };
    return CompletableFuture.completedFuture(
        told.isNull()
            ? new Outcome.Refused(new Refusal(Refusal.Kind.NO_PROVIDER, "none", "none"))
            : new Outcome.Answer(told, by, true));
  }

  private Outcome outcome(Call call) {
    return stage(true).handle(call, this::provider).join();
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
  void refusesWhenNobodyGivesTheLogsThatAreKnownToBeThere() {
    logs = BloomsTest::thinned;
    again = _ -> RawJson.of("[]");
    Outcome nothing = outcome(call(RANGE));
    again = honest -> RawJson.of(honest.text().replaceFirst("\"data\":\"0x..", "\"data\":\"0x77"));
    Outcome forged = outcome(call(RANGE));

    assertThat(nothing).isEqualTo(Excess.INCOMPLETE);
    assertThat(forged).isEqualTo(Excess.INCOMPLETE);
  }

  /** Such a header is what its hash says, but nobody's chain has it. */
  @Test
  void believesNoHeaderThatTheChainDoesNotLeadTo() {
    DemoNode liar =
        new DemoNode(
            new DemoChain(new DemoChain.Config(12, 2_000, 40, 0), 1_800_000_000_000L),
            METHODS,
            "liar",
            0);
    headers =
        honest ->
            ((Result)
                    liar.answer(
                        "eth_getBlockByNumber",
                        RawJson.of("[" + Slices.member(honest, "number").text() + ",false]")))
                .value();
    receipts =
        honest ->
            ((Result)
                    liar.answer(
                        "eth_getBlockReceipts",
                        RawJson.of(
                            "["
                                + Slices.member(Slices.element(honest, 0), "blockNumber").text()
                                + "]")))
                .value();
    logs = _ -> RawJson.of("[]");

    assertThat(answer(true, call("\"fromBlock\":\"0x1\",\"toBlock\":\"0x13\""))).isEqualTo("[]");
  }

  @Test
  void asksForNoHeaderOfABlockThatIsKept() {
    logs = BloomsTest::thinned;
    String kept = "\"fromBlock\":\"0x14\",\"toBlock\":\"0x28\"";

    assertThat(answer(true, call(kept))).isEqualTo(whole(kept));
    assertThat(asked).doesNotContain("eth_getBlockByNumber");
  }

  @Test
  void asksNoMoreThanOneQuestionMayCost() {
    partsMax = 6;

    answer(true, call(RANGE));
    assertThat(asked).hasSizeLessThanOrEqualTo(6).doesNotContain("eth_getBlockByNumber");
    asked.clear();
    logs = _ -> RawJson.of("[]");
    Outcome cut = outcome(call("\"fromBlock\":\"0x14\",\"toBlock\":\"0x28\""));

    assertThat(cut).isEqualTo(Excess.INCOMPLETE);
    assertThat(asked).hasSizeLessThanOrEqualTo(6);
  }

  @Test
  void countsNothingAgainstWhoWasNotAskedAlone() {
    logs = BloomsTest::thinned;
    by = "cache";
    Call cached = call(RANGE);
    answer(true, cached);

    assertThat(cached.journal().attempts()).isEmpty();
  }

  @Test
  void asksNothingMoreUnlessTold() {
    logs = BloomsTest::thinned;

    answer(false, call(RANGE));

    assertThat(asked).containsExactly("eth_getLogs");
  }
}
