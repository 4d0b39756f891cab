package io.jethproxy.survey;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Trouble;
import io.jethproxy.chain.Expenses;
import io.jethproxy.eth.ComputeUnits;
import io.jethproxy.eth.Methods;
import io.jethproxy.fleet.Attempt;
import io.jethproxy.fleet.Calls;
import io.jethproxy.fleet.Dice;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.fleet.Holdings;
import io.jethproxy.fleet.Identity;
import io.jethproxy.fleet.Offers;
import io.jethproxy.fleet.Offers.Family;
import io.jethproxy.fleet.Past;
import io.jethproxy.fleet.Provider;
import io.jethproxy.fleet.Reason;
import io.jethproxy.fleet.Tier;
import io.jethproxy.fleet.Tolerance;
import io.jethproxy.fleet.Transport;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.survey.Survey.Phase;
import io.jethproxy.testing.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SurveyTest {

  private static final long HEAD = 25_000_000;
  private static final String FOLLOWING = "eth_blockNumber";
  private static final Transport.Exchange UNDER_WAY =
      new Transport.Exchange() {
        @Override
        public void cancel() {}

        @Override
        public void forget() {}
      };
  private static final long NEVER_NANOS = Duration.ofDays(1).toNanos();
  private static final int PASTS = 5;
  private static final Pattern NUMBER = Pattern.compile("\"(0x[0-9a-f]{1,8})\"");

  private final FakeTicker ticker = new FakeTicker();
  private final Methods methods = Methods.load();
  private final Holdings holdings = new Holdings(ticker);
  private final Offers offers = new Offers(ticker);
  private final Expenses expenses = Expenses.ofSurveys(ComputeUnits.load(), ticker);
  private final Identity identity = new Identity("p", "acme", Tier.PRIMARY, 1, true, false);
  private final Fleets fleets = new Fleets(List.of(identity), OptionalLong.empty(), ticker);
  private final List<String> asked = new ArrayList<>();

  /** What is answered to a method and a block; null for nothing at all. */
  private BiFunction<String, Long, Outcome> script = (_, _) -> there();

  private final Provider provider =
      new Provider(
          identity, 1, this::send, ticker, Tolerance.DEFAULTS, new Dice(7), (_, _, _, _) -> {});
  private final Survey survey = survey(false);

  private Survey survey(boolean tracesAreOpen) {
    return new Survey(
        new Survey.Surroundings(
            methods,
            fleets,
            holdings,
            offers,
            expenses,
            (_, _) -> true,
            tracesAreOpen,
            ticker,
            new Dice(3)));
  }

  private static Outcome there() {
    return new Outcome.Answer(RawJson.of("\"0x1\""), "p", true);
  }

  private static Outcome trouble(Trouble trouble) {
    return new Outcome.Unserved(trouble, "p");
  }

  private static BiFunction<String, Long, Outcome> keeping(long blocks) {
    return (_, number) -> number < HEAD - blocks ? trouble(Trouble.PRUNED) : there();
  }

  private Transport.Exchange send(
      String method, RawJson params, long timeout, Consumer<Outcome> inbox) {
    if (method.equals(FOLLOWING)) {
      inbox.accept(there());
      return UNDER_WAY;
    }
    asked.add(method);
    Matcher number = NUMBER.matcher(params.text());
    long block = number.find() ? Long.decode(number.group(1)) : -1;
    Outcome outcome = script.apply(method, block);
    if (outcome != null) {
      ticker.alarm(Duration.ofMillis(20).toNanos(), () -> inbox.accept(outcome));
    }
    return UNDER_WAY;
  }

  private void join() {
    provider.identified(1);
    provider.learnHead(HEAD);
    fleets.join(Calls.MAINNET, provider);
    follow();
  }

  /** Its head is looked at, as always, so that it comes back after trouble. */
  private void follow() {
    if (provider.quietNanos() == 0) {
      provider.probe(FOLLOWING, RawJson.ABSENT, 1_000_000_000L, _ -> {});
    }
    ticker.alarm(Duration.ofSeconds(12).toNanos(), this::follow);
  }

  private void pass(Duration time) {
    ticker.advance(time);
  }

  private Map<String, Long> counts() {
    return asked.stream().collect(Collectors.groupingBy(each -> each, Collectors.counting()));
  }

  @Test
  void asksAnArchiveFiveQuestionsEachSixHours() {
    join();
    survey.start(provider);
    assertThat(asked).isEmpty();
    pass(Duration.ofSeconds(10));

    assertThat(asked)
        .containsExactly(
            "eth_getBalance",
            "eth_getBlockReceipts",
            "eth_getLogs",
            "eth_getBlockByNumber",
            "eth_getProof");
    assertThat(survey.progress().phase()).isEqualTo(Phase.DONE);
    assertThat(holdings.floors("p")).hasSize(PASTS).containsEntry(Past.STATE, 0L);

    pass(Duration.ofHours(24));
    assertThat(asked.size()).isBetween(4 * PASTS, 5 * PASTS);
    assertThat(expenses.of("p").requestsPerDay()).isBetween(15L, 30L);
  }

  @Test
  void findsHowFarBackAPrunedOneReachesInFewQuestions() {
    script = keeping(128);
    join();
    survey.start(provider);
    pass(Duration.ofMinutes(1));

    assertThat(survey.progress().phase()).isEqualTo(Phase.DONE);
    assertThat(asked.size()).isBetween(30, Survey.QUESTIONS_MAX);
    assertThat(survey.progress().questions()).isEqualTo(asked.size());
    assertThat(holdings.floors("p").get(Past.STATE)).isBetween(HEAD - 145, HEAD - 128);
    assertThat(holdings.mayHold("p", Past.RECEIPTS, HEAD - 150, HEAD)).isFalse();
    assertThat(holdings.mayHold("p", Past.RECEIPTS, HEAD - 128, HEAD)).isTrue();
  }

  @Test
  void takesNothingForNothingThere() {
    script =
        (_, number) ->
            new Outcome.Answer(number < HEAD - 500 ? RawJson.NULL : RawJson.of("[]"), "p", true);
    join();
    survey.start(provider);
    pass(Duration.ofMinutes(1));

    assertThat(holdings.mayHold("p", Past.BLOCKS, HEAD - 600, HEAD)).isFalse();
  }

  @Test
  void learnsNothingFromTroubleAndComesBackEverMoreRarely() {
    script = (_, _) -> trouble(Trouble.INTERNAL);
    join();
    survey.start(provider);
    pass(Duration.ofMinutes(1));

    assertThat(survey.progress().phase()).isEqualTo(Phase.GIVEN_UP);
    assertThat(asked).hasSize(2);
    assertThat(holdings.floors("p")).isEmpty();

    pass(Duration.ofHours(24));
    assertThat(asked.size()).isBetween(8, 20);
    assertThat(holdings.floors("p")).isEmpty();

    script = keeping(128);
    pass(Duration.ofHours(8));
    assertThat(survey.progress().phase()).isEqualTo(Phase.DONE);
    assertThat(holdings.floors("p")).hasSize(PASTS);
  }

  @Test
  void oneFailureCostsOneSubjectOnly() {
    script = (method, _) -> method.equals("eth_getLogs") ? trouble(Trouble.TIMEOUT) : there();
    join();
    survey.start(provider);
    pass(Duration.ofMinutes(1));

    assertThat(survey.progress().phase()).isEqualTo(Phase.DONE);
    assertThat(holdings.floors("p")).hasSize(PASTS - 1).doesNotContainKey(Past.LOGS);
  }

  @Test
  void asksSoonAgainAfterAContradictionButNotEachTime() {
    join();
    survey.start(provider);
    pass(Duration.ofSeconds(10));
    int once = asked.size();

    for (int i = 0; i < 24 * 60; i++) {
      holdings.failed("p", Past.STATE, 500 + i, 500 + i, Trouble.PRUNED, HEAD);
      pass(Duration.ofMinutes(1));
      if (i == 50) {
        assertThat(asked.size()).isEqualTo(2 * once);
      }
    }
    assertThat(asked.size()).isLessThanOrEqualTo(9 * once);
  }

  @Test
  void asksNothingBeforeTheProviderIsInUse() {
    survey.start(provider);
    pass(Duration.ofMinutes(5));
    assertThat(asked).isEmpty();

    join();
    pass(Duration.ofMinutes(2));
    assertThat(survey.progress().phase()).isEqualTo(Phase.DONE);
  }

  @Test
  void asksNothingOfAProviderThatIsThrottledAndGoesOnLater() {
    join();
    script = (_, _) -> new Outcome.Unserved(Trouble.THROTTLED, "p", 300_000, false);
    survey.start(provider);
    pass(Duration.ofMinutes(4));
    assertThat(asked).hasSize(1);

    script = (_, _) -> there();
    pass(Duration.ofMinutes(30));
    assertThat(asked.size()).isBetween(2, 6);
    assertThat(survey.progress().phase()).isEqualTo(Phase.DONE);
  }

  @Test
  void asksNothingWhileClientsNeedTheProvider() {
    join();
    script = (method, _) -> method.equals("eth_call") ? null : there();
    List<Attempt> calls = new ArrayList<>();
    for (int i = 0; i < Tolerance.DEFAULTS.maxConcurrent() / 2; i++) {
      calls.add(provider.begin(Calls.call(Calls.CALL, ticker), NEVER_NANOS, false, _ -> {}));
    }
    asked.clear();
    survey.start(provider);
    pass(Duration.ofSeconds(30));
    assertThat(asked).isEmpty();

    calls.forEach(Attempt::cancel);
    pass(Duration.ofMinutes(2));
    assertThat(survey.progress().phase()).isEqualTo(Phase.DONE);
  }

  @Test
  void findsOutWhoOffersTraces() {
    Survey traced = survey(true);
    script =
        (method, _) ->
            switch (method) {
              case "debug_traceTransaction", "eth_getProof" -> trouble(Trouble.METHOD_CLOSED);
              case "trace_transaction" -> trouble(Trouble.MISSING_DATA);
              default -> there();
            };
    join();
    traced.start(provider);
    pass(Duration.ofMinutes(1));

    assertThat(counts()).hasSize(7).containsEntry("trace_transaction", 1L);
    assertThat(offers.offers("p", Family.DEBUG)).contains(false);
    assertThat(offers.offers("p", Family.TRACE)).contains(true);
    assertThat(offers.offers("p", Family.PROOFS)).contains(false);
    assertThat(offers.offers("p", Family.BLOCK_RECEIPTS)).contains(true);
    pass(Duration.ofHours(3));
    assertThat(offers.mayOffer("p", Family.DEBUG)).isFalse();
  }

  @Test
  void aRefusalOfOldDataIsNoneOfTheMethod() {
    script =
        (method, number) ->
            method.equals("eth_getProof") && number < HEAD - 128
                ? trouble(Trouble.METHOD_CLOSED)
                : there();
    join();
    survey.start(provider);
    pass(Duration.ofMinutes(1));

    assertThat(offers.offers("p", Family.PROOFS)).contains(true);
    assertThat(holdings.floors("p").get(Past.PROOFS)).isBetween(HEAD - 145, HEAD - 128);
  }

  @Test
  void aRefusalOfOldDataClosesNothingToClients() {
    List<Reason> standings = new ArrayList<>();
    script =
        (method, number) -> {
          standings.add(provider.standing(methods.of("eth_getBalance")).reason());
          return method.equals("eth_getBalance") && number < HEAD - 128
              ? trouble(Trouble.METHOD_CLOSED)
              : there();
        };
    join();
    survey.start(provider);
    pass(Duration.ofMinutes(1));

    assertThat(holdings.floors("p").get(Past.STATE)).isBetween(HEAD - 145, HEAD - 128);
    assertThat(standings).hasSizeGreaterThan(10).containsOnly(Reason.HEALTHY);
  }

  @Test
  void stopsAtOnce() {
    join();
    survey.start(provider);
    pass(Duration.ofMillis(2_600));
    int before = asked.size();

    survey.stop();
    pass(Duration.ofHours(20));

    assertThat(asked).hasSize(before);
    assertThat(Set.copyOf(asked).size()).isEqualTo(before);
  }
}
