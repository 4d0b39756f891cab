package io.jethproxy.cache;

import static io.jethproxy.cache.CoalesceRig.BALANCE;
import static io.jethproxy.cache.CoalesceRig.answer;
import static io.jethproxy.cache.CoalesceRig.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jethproxy.cache.CoalesceRig.Asked;
import io.jethproxy.cache.CoalesceRig.Sent;
import io.jethproxy.call.Call;
import io.jethproxy.call.Journal;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.eth.Hash;
import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CoalesceTest {

  private CoalesceRig rig = new CoalesceRig(Coalesce.Config.DEFAULTS);

  @AfterEach
  void close() {
    rig.close();
  }

  private Asked balance(int loop) throws Exception {
    return rig.ask(loop, "eth_getBalance", BALANCE);
  }

  private Call within(long millis) {
    return Asking.call(rig.ticker, millis, "eth_getBalance", BALANCE);
  }

  private static String reason(Asked asked) throws Exception {
    return ((Outcome.Refused) asked.outcome()).refusal().reason();
  }

  @Test
  void sharesOneTripBetweenEqualReadsOfAllLoops() throws Exception {
    List<Asked> all = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      all.add(balance(i % 3));
    }

    Outcome answer = answer("\"0x5\"");
    rig.sent().end(answer);

    for (Asked asked : all) {
      assertThat(asked.outcome()).isSameAs(answer);
    }
    assertThat(rig.trips()).isOne();
    assertThat(rig.coalesce.trips()).isZero();
    assertThat(rig.ticker.pending()).as("alarms: the provider's").isOne();
    assertThat(rig.coalesce.counts()).isEqualTo(new Coalesce.Counts(1, 999, 0, 0));
  }

  @Test
  void asksAgainForWhoComesAfterTheAnswer() throws Exception {
    Asked first = balance(0);
    rig.sent().answer("1");
    first.outcome();

    Asked second = balance(0);
    rig.sent().answer("2");

    assertThat(second.outcome()).isEqualTo(answer("2"));
  }

  @Test
  void servesTheOthersWhenTheLeadersClientGoesAway() throws Exception {
    Asked leader = balance(0);
    Asked other = balance(1);
    Asked third = balance(0);
    Sent trip = rig.sent();

    leader.goAway();
    assertThat(reason(leader)).isEqualTo("abandoned");
    Asked later = balance(2);
    trip.answer("1");

    for (Asked asked : List.of(other, third, later)) {
      assertThat(asked.outcome()).isEqualTo(answer("1"));
    }
    assertThat(rig.trips()).isOne();
  }

  @Test
  void endsTheTripWhenNobodyWaitsAnyMore() throws Exception {
    Asked leader = balance(0);
    Asked other = balance(1);
    Sent trip = rig.sent();

    leader.goAway();
    assertThat(trip.future()).isNotDone();
    other.goAway();

    assertThat(trip.future().get(10, TimeUnit.SECONDS)).isEqualTo(refused("abandoned"));
    assertThat(reason(other)).isEqualTo("abandoned");
    assertThat(rig.coalesce.trips()).isZero();
    balance(1);
    assertThat(rig.trips()).isEqualTo(2);
  }

  @Test
  void letsEachMeetItsOwnDeadlineWhileTheLeaderHangs() throws Exception {
    rig.ask(0, within(10_000));
    Asked soon = rig.ask(1, within(100));
    Asked later = rig.ask(2, within(200));

    rig.ticker.advanceMillis(99);
    rig.trips();
    assertThat(soon.ended()).isNotDone();
    rig.ticker.advanceMillis(1);
    assertThat(reason(soon)).isEqualTo("deadline");
    assertThat(later.ended()).isNotDone();
    rig.ticker.advanceMillis(100);
    assertThat(reason(later)).isEqualTo("deadline");

    assertThat(rig.trips()).isOne();
  }

  @Test
  void doesNotShareTheLeadersDeadline() throws Exception {
    Asked leader = rig.ask(0, within(100));
    Asked soon = rig.ask(1, within(150));
    Asked late = rig.ask(2, within(10_000));
    Sent first = rig.sent();

    rig.ticker.advanceMillis(100);
    assertThat(leader.outcome()).isEqualTo(refused("deadline"));
    Sent second = rig.sent();
    assertThat(second.loop()).as("led by who has the most time").isSameAs(late.loop());
    assertThat(second.call().deadline()).isEqualTo(late.call().deadline());
    second.answer("1");

    assertThat(soon.outcome()).isEqualTo(answer("1"));
    assertThat(late.outcome()).isEqualTo(answer("1"));
    assertThat(first.future()).isDone();
    assertThat(rig.trips()).isEqualTo(2);
    assertThat(rig.coalesce.counts().again()).isOne();
  }

  @Test
  void costsOneNewLeaderForAThousandWhenTheLeaderRunsOutOfTime() throws Exception {
    Asked leader = rig.ask(0, within(100));
    List<Asked> others = new ArrayList<>();
    for (int i = 1; i < 1_000; i++) {
      others.add(rig.ask(i % 3, within(1_000 + i)));
    }

    rig.ticker.advanceMillis(100);
    leader.outcome();
    rig.sent();
    rig.sent().answer("1");

    for (Asked asked : others) {
      assertThat(asked.outcome()).isEqualTo(answer("1"));
    }
    assertThat(rig.trips()).isEqualTo(2);
  }

  @Test
  void sharesATimeoutOfTheProvidersThatIsNobodysDeadline() throws Exception {
    Asked leader = balance(0);
    Asked other = balance(1);

    rig.sent().end(refused("attempts"));

    assertThat(reason(leader)).isEqualTo("attempts");
    assertThat(reason(other)).isEqualTo("attempts");
    assertThat(rig.trips()).isOne();
  }

  static Stream<Outcome> absences() {
    return Stream.of(
        answer("null"),
        new Outcome.Refused(new Refusal(Refusal.Kind.MISSING_DATA, "not yet", "missing_data")));
  }

  @ParameterizedTest
  @MethodSource("absences")
  void asksOnceMoreForThoseWhoCameAfterSomethingMayHaveChanged(Outcome absence) throws Exception {
    String hash = "['0x" + "a".repeat(64) + "']";
    Asked first = rig.ask(0, "eth_getTransactionByHash", hash);
    Asked second = rig.ask(1, "eth_getTransactionByHash", hash);
    Asked third = rig.ask(2, "eth_getTransactionByHash", hash);

    rig.sent().end(absence);
    assertThat(first.outcome()).isEqualTo(absence);
    rig.sent().end(absence);

    assertThat(second.outcome()).isEqualTo(absence);
    assertThat(third.outcome()).isEqualTo(absence);
    assertThat(rig.trips()).isEqualTo(2);
  }

  static Stream<Outcome> verdicts() {
    return Stream.of(
        new Outcome.Rejected(new Fault(3, "execution reverted", RawJson.of("\"0x\"")), "p"),
        new Outcome.Refused(new Refusal(Refusal.Kind.NO_PROVIDER, "none", "no_provider")));
  }

  @ParameterizedTest
  @MethodSource("verdicts")
  void sharesWhatEveryCallerWouldBeTold(Outcome verdict) throws Exception {
    Asked leader = balance(0);
    Asked other = balance(1);

    rig.sent().end(verdict);

    assertThat(leader.outcome()).isEqualTo(verdict);
    assertThat(other.outcome()).isEqualTo(verdict);
  }

  @Test
  void passesADefectOn() throws Exception {
    Asked leader = balance(0);
    Asked other = balance(1);
    Sent trip = rig.sent();

    trip.loop().execute(() -> trip.future().completeExceptionally(new IllegalStateException("d")));

    for (Asked asked : List.of(leader, other)) {
      assertThatThrownBy(asked::outcome)
          .isInstanceOf(ExecutionException.class)
          .hasRootCauseMessage("d");
    }
    assertThat(rig.coalesce.trips()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "eth_getTransactionCount | ['0xa','pending']",
        "eth_getTransactionCount | ['0xa','latest']",
        "eth_sendRawTransaction | ['0x00']",
        "eth_newFilter | [{}]",
        "eth_getFilterChanges | ['0x1']",
        "eth_subscribe | ['newHeads']",
        "eth_fillTransaction | [{}]",
        "acme_getWidget | []",
        "eth_call | [{'to':1,'to':2},'0x70']",
      })
  void neverShares(String method, String params) throws Exception {
    rig.ask(0, method, params);
    rig.ask(1, method, params);

    assertThat(rig.trips()).isEqualTo(2);
    assertThat(rig.coalesce.trips()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "eth_call | [{},'0x70']",
        "eth_call | [{},'0x1']",
        "eth_call | [{},'0x71']",
        "eth_gasPrice | []",
        "zks_L1ChainId | []",
        "eth_getLogs | [{'fromBlock':'0x1','toBlock':'0x70'}]",
        "debug_traceTransaction | ['0xaa']",
      })
  void sharesReads(String method, String params) throws Exception {
    rig.ask(0, method, params);
    rig.ask(1, method, params);

    assertThat(rig.trips()).isOne();
  }

  @Test
  void doesNotGiveWhoHasSeenANewBlockAnAnswerFromBefore() throws Exception {
    rig.ask(0, "eth_gasPrice", "[]");
    rig.ask(0, "eth_getBalance", BALANCE);
    rig.ask(0, "eth_getTransactionReceipt", "['0xaa']");
    rig.chain.reorganise(0x6f, 1);

    rig.ask(0, "eth_gasPrice", "[]");
    rig.ask(0, "eth_getBalance", BALANCE);
    rig.ask(0, "eth_getTransactionReceipt", "['0xaa']");

    assertThat(rig.trips()).isEqualTo(6);
  }

  @Test
  void sharesNothingOfAChainThatIsNotKnown() throws Exception {
    rig.chain.fallSilent();

    balance(0);
    balance(1);

    assertThat(rig.trips()).isEqualTo(2);
  }

  @Test
  void letsCallsGoAloneWhenThereIsNoRoom() throws Exception {
    rig.close();
    rig = new CoalesceRig(new Coalesce.Config(1, 2));

    List<Asked> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.add(balance(i));
    }
    all.add(rig.ask(0, "eth_gasPrice", "[]"));
    for (int i = 0; i < 3; i++) {
      rig.sent().answer("1");
    }

    for (Asked asked : all) {
      assertThat(asked.outcome()).isEqualTo(answer("1"));
    }
    assertThat(rig.trips()).isEqualTo(3);
    assertThat(rig.coalesce.counts()).isEqualTo(new Coalesce.Counts(1, 1, 0, 2));
  }

  @Test
  void tellsOneJournalWhatWasTried() throws Exception {
    Asked leader = balance(0);
    Asked other = balance(1);
    Asked third = balance(2);
    Sent trip = rig.sent();
    Journal.Entry entry = new Journal.Entry("p", null, 5, false);
    trip.loop().execute(() -> trip.call().journal().attempt(entry));

    leader.goAway();
    trip.answer("1");
    other.outcome();
    third.outcome();

    assertThat(leader.call().journal().attempts()).isEmpty();
    assertThat(other.call().journal().attempts()).containsExactly(entry);
    assertThat(third.call().journal().attempts()).isEmpty();
    assertThat(third.call().journal().servedBy()).isEqualTo("p");
  }

  @Test
  void refusesBoundsThatMakeNoSense() {
    assertThatThrownBy(() -> new Coalesce.Config(0, 2)).hasMessage("tripsMax: 0 (expected: >= 1)");
    assertThatThrownBy(() -> new Coalesce.Config(1, 1))
        .hasMessage("waitersMax: 1 (expected: >= 2)");
  }

  /** Whatever happens in whatever order, each call ends once, on its loop, and nothing is left. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void endsEveryCallInAnyDisorder(long seed) throws Exception {
    RandomGenerator dice = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    List<CompletableFuture<Asked>> all = new ArrayList<>();
    Thread answering = Thread.ofVirtual().start(() -> answerAll());
    for (int i = 0; i < 3_000; i++) {
      String params = "['0x" + dice.nextInt(3) + "','0x70']";
      Call call = Asking.call(rig.ticker, 1 + dice.nextInt(50), "eth_getBalance", params);
      CompletableFuture<Asked> asked = rig.askLater(dice.nextInt(3), call);
      all.add(asked);
      switch (dice.nextInt(10)) {
        case 0 -> asked.thenAccept(gone -> gone.loop().execute(call.abandonment()::declare));
        case 1 -> rig.ticker.advanceMillis(1);
        default -> {}
      }
    }
    rig.ticker.advanceMillis(100);
    for (CompletableFuture<Asked> asked : all) {
      assertThat(asked.get(10, TimeUnit.SECONDS).outcome()).isNotNull();
    }
    answering.interrupt();
    answering.join();

    rig.trips();
    assertThat(rig.coalesce.trips()).isZero();
  }

  private void answerAll() {
    try {
      while (!Thread.interrupted()) {
        rig.sent().answer("1");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final Coalesce inPlace =
      new Coalesce(rig.chain.chains(), rig.ticker, () -> Runnable::run, Coalesce.Config.DEFAULTS);

  private Waiter waiter(Call call) {
    return new Waiter(call, rig.providers, Runnable::run, rig.ticker);
  }

  private Trip trip(Waiter leader) {
    Key key = Objects.requireNonNull(Key.of(Asking.CHAIN, "eth_getBalance", RawJson.of("[]")));
    return new Trip(inPlace, new Coalesce.Question(key, Hash.ZERO), leader);
  }

  @Test
  void keepsNoTripThatAllHaveLeftBeforeItSetOutAgain() {
    Waiter leader = waiter(within(1_000));
    Trip trip = trip(leader);
    trip.leave(leader);

    inPlace.again(trip);

    assertThat(inPlace.trips()).isZero();
  }

  @Test
  void leavesTheTripThatItWasMovedToBeforeItBeganToWait() {
    Trip first = trip(waiter(within(1_000)));
    Call call = within(1_000);
    Waiter waiter = waiter(call);
    waiter.aimFor(first);
    first.join(waiter);
    Trip second = trip(waiter);
    waiter.moveTo(second);

    waiter.joined();
    call.abandonment().declare();

    assertThat(second.isOver()).isTrue();
    assertThat(first.isOver()).isFalse();
  }
}
