package io.jethproxy.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Call;
import io.jethproxy.call.Deadline;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Journal;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.chain.LoggedChain;
import io.jethproxy.eth.BlockRef;
import io.jethproxy.eth.BlockRefs;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.Methods;
import io.jethproxy.fleet.Calls;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.fleet.HandTicker;
import io.jethproxy.fleet.RangeLimits;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Parts that come one after the other, while the chain changes. */
class OneChainTest {

  private static final Methods METHODS = Methods.load();

  private final HandTicker ticker = new HandTicker();
  private final LoggedChain chain = new LoggedChain();
  private final Logs logs = logs(chain, new Logs.Config(1_000, 100, 10_000, 20_000));
  private final List<Asked> asked = new ArrayList<>();
  private final Call call = call(new Abandonment());

  private record Asked(Call call, Span span, CompletableFuture<Outcome> answer) {
    void answers(String json) {
      answer.complete(new Outcome.Answer(RawJson.of(json), "p", true));
    }
  }

  private Logs logs(LoggedChain of, Logs.Config config) {
    return new Logs(
        new Fleets(List.of(), OptionalLong.empty(), ticker),
        of.chains(),
        new RangeLimits(ticker),
        Optional.empty(),
        config);
  }

  OneChainTest() {
    chain.first(100);
    for (int i = 0; i < 20; i++) {
      chain.mine();
    }
  }

  private static Call call(Abandonment abandonment) {
    return new Call(
        Calls.MAINNET,
        new Request(
            RawJson.of("1"),
            "eth_getLogs",
            RawJson.of("[{\"fromBlock\":\"0x64\",\"toBlock\":\"0x70\"}]")),
        METHODS.of("eth_getLogs"),
        new Deadline(1),
        new Journal(0, 1),
        abandonment);
  }

  /** Takes five blocks at once. */
  private CompletableFuture<Outcome> provider(Call part) {
    BlockRef ref = BlockRefs.of(part.method(), part.request().params());
    if (!(ref instanceof BlockRef.Range(BlockRef.Number(var from), BlockRef.Number(var to)))) {
      throw new AssertionError(ref);
    }
    Asked one = new Asked(part, new Span(from, to), new CompletableFuture<>());
    if (one.span().blocks() > 5) {
      return CompletableFuture.completedFuture(
          new Outcome.Refused(
              new Refusal(
                  Refusal.Kind.RANGE_TOO_LARGE,
                  "too large",
                  "range_too_large",
                  -1,
                  List.of(new Refusal.Attempt("p", "range_too_large")))));
    }
    asked.add(one);
    return one.answer();
  }

  private CompletableFuture<Outcome> ask() {
    return logs.handle(call, this::provider);
  }

  private static String text(CompletableFuture<Outcome> outcome) {
    return outcome.join() instanceof Outcome.Answer(var result, _, _) ? result.text() : "error";
  }

  @Test
  void putsPartsInOrderWhicheverComesFirst() {
    CompletableFuture<Outcome> answer = ask();

    asked.get(2).answers("[5]");
    asked.get(0).answers(" [ 1 , 2 ] ".strip());
    asked.get(1).answers("[]");

    assertThat(asked.stream().map(Asked::span))
        .containsExactly(new Span(100, 104), new Span(105, 109), new Span(110, 112));
    assertThat(text(answer)).isEqualTo("[1 , 2,5]");
  }

  @Test
  void asksOnceMoreForEverythingWhenTheChainIsReorganisedMeanwhile() {
    CompletableFuture<Outcome> answer = ask();
    asked.get(0).answers("[1]");
    chain.reorganise(107, 9, List.of());

    asked.get(1).answers("[2]");
    asked.subList(3, 6).forEach(each -> each.answers("[7]"));

    assertThat(asked.get(2).call().abandonment().isDeclared()).isTrue();
    assertThat(text(answer)).isEqualTo("[7,7,7]");
  }

  @Test
  void saysSoWhenTheChainIsReorganisedAgain() {
    CompletableFuture<Outcome> answer = ask();
    chain.reorganise(107, 9, List.of());
    asked.get(0).answers("[1]");
    chain.reorganise(106, 10, List.of());

    asked.get(3).answers("[7]");

    assertThat(answer.join()).isEqualTo(Excess.MOVED);
  }

  @Test
  void goesOnWhenTheChainOnlyGrows() {
    CompletableFuture<Outcome> answer = ask();
    chain.mine();

    asked.forEach(each -> each.answers("[1]"));

    assertThat(text(answer)).isEqualTo("[1,1,1]");
  }

  @Test
  void endsWithThePartThatFailsAndGivesUpTheOthers() {
    CompletableFuture<Outcome> answer = ask();
    Outcome failed =
        new Outcome.Refused(new Refusal(Refusal.Kind.NO_PROVIDER, "nobody", "no_provider"));

    asked.get(0).answers("[1]");
    asked.get(1).answer().complete(failed);

    assertThat(answer.join()).isEqualTo(failed);
    assertThat(asked.get(2).call().abandonment().isDeclared()).isTrue();
    asked.get(2).answers("[3]");
  }

  @Test
  void passesADefectOn() {
    CompletableFuture<Outcome> answer = ask();

    asked.get(1).answer().completeExceptionally(new IllegalStateException("defect"));

    assertThat(answer).isCompletedExceptionally();
  }

  @Test
  void givesUpAllPartsWithTheirClient() {
    ask();

    call.abandonment().declare();

    assertThat(asked).allMatch(each -> each.call().abandonment().isDeclared());
  }

  @Test
  void answersFromKeptReceiptsWhatTheyHold() {
    chain.keepReceipts();

    CompletableFuture<Outcome> answer =
        logs.handle(
            call,
            part ->
                CompletableFuture.completedFuture(
                    new Outcome.Answer(RawJson.of("[]"), "chain", true)));

    assertThat(text(answer)).isEqualTo("[]");
    assertThat(asked).isEmpty();
  }

  private CompletableFuture<Outcome> ask(Logs stage, long from, long to, Handler provider) {
    return stage.handle(
        call.withParams(
            RawJson.of(
                "[{\"fromBlock\":\"%s\",\"toBlock\":\"%s\"}]"
                    .formatted(Hex.quantity(from), Hex.quantity(to)))),
        provider);
  }

  @Test
  void cutsARangeThatEndsAboveTheHeadAsAnyOther() {
    CompletableFuture<Outcome> answer = ask(logs, 110, 121, this::provider);

    asked.forEach(each -> each.answers("[" + each.span().from() + "]"));

    assertThat(asked.stream().map(Asked::span))
        .containsExactly(new Span(110, 114), new Span(115, 119), new Span(120, 121));
    assertThat(text(answer)).isEqualTo("[110,115,120]");
  }

  @Test
  void asksAloneForWhatIsAboveTheHeadOfALongRange() {
    List<RawJson> params = new ArrayList<>();

    ask(
        logs,
        110,
        50_000_000,
        part -> {
          params.add(part.request().params());
          return CompletableFuture.completedFuture(new Outcome.Answer(RawJson.of("[]"), "p", true));
        });

    assertThat(params.stream().map(RawJson::text))
        .containsExactly(
            "[{\"fromBlock\":\"0x6e\",\"toBlock\":\"0x78\"}]",
            "[{\"fromBlock\":\"0x79\",\"toBlock\":\"0x2faf080\"}]");
  }

  @Test
  void countsThePartThatIsKeptBeforeAnythingIsAsked() {
    LoggedChain far = new LoggedChain();
    far.first(40_000);
    far.mine();
    far.keepReceipts();
    Logs four = logs(far, new Logs.Config(100_000, 4, 10_000, 20_000));
    Logs five = logs(far, new Logs.Config(100_000, 5, 10_000, 20_000));

    Outcome refused = ask(four, 0, 40_001, this::provider).join();

    assertThat(asked).isEmpty();
    assertThat(refused)
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            one -> assertThat(one.refusal().message()).contains("logs.partsMax"));
    Handler empty =
        _ -> CompletableFuture.completedFuture(new Outcome.Answer(RawJson.of("[]"), "p", true));
    assertThat(text(ask(five, 0, 40_001, empty))).isEqualTo("[]");
  }

  @Test
  void refusesWhatIsInTooManyPartsBeforeThePartsAreAskedFor() {
    Logs few = logs(chain, new Logs.Config(1_000, 2, 10_000, 20_000));

    CompletableFuture<Outcome> answer = ask(few, 100, 109, this::provider);

    assertThat(asked).isEmpty();
    assertThat(text(answer)).isEqualTo("error");
  }

  @Test
  void refusesMoreThanAllAnswersTogetherMayHold() {
    String large = "[" + "1".repeat(8_000) + "]";
    List<CompletableFuture<Outcome>> answers = List.of(ask(), again(), again());

    for (int i : new int[] {0, 3, 6}) {
      asked.get(i).answers(large);
    }

    assertThat(answers.get(2).join())
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.refusal().kind()).isEqualTo(Refusal.Kind.OVERLOADED));
    assertThat(answers.get(0)).isNotDone();
    asked.get(1).answers(large);
    assertThat(answers.get(0).join())
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.refusal().message()).contains("10,000 bytes"));
    again();
    asked.get(9).answers(large);
    assertThat(answers.get(1)).isNotDone();
  }

  private CompletableFuture<Outcome> again() {
    return logs.handle(call(new Abandonment()), this::provider);
  }
}
