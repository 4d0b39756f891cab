package io.jethproxy.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jethproxy.call.Call;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Trouble;
import io.jethproxy.chain.FedChain;
import io.jethproxy.chain.View;
import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.testing.FakeTicker;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CacheStageTest {

  private static final long MEBIBYTE = 1 << 20;

  private final FedChain chain = new FedChain(Asking.CHAIN, 0x70);
  private final FakeTicker ticker = new FakeTicker();
  private final Cache cache = cache(MEBIBYTE);
  private int asked;
  private Call last = Asking.call(ticker, "eth_chainId", "[]");

  private Cache cache(long bytesMax) {
    return new Cache(chain.chains(), ticker, Asking.METHODS::knows, new Cache.Config(bytesMax));
  }

  private Outcome ask(Cache of, String method, String params, Supplier<Outcome> provider) {
    last = Asking.call(ticker, method, params);
    return of.handle(
            last,
            _ -> {
              asked++;
              return CompletableFuture.completedFuture(provider.get());
            })
        .join();
  }

  /** The answer's text, when a provider would answer so. */
  private String ask(String method, String params, String result) {
    Outcome outcome = ask(cache, method, params, () -> answer(RawJson.of(result)));
    return ((Outcome.Answer) outcome).result().text();
  }

  private static Outcome answer(RawJson result) {
    return new Outcome.Answer(result, "p", true);
  }

  private Cache.MethodUsage usage(String method) {
    return cache.usage().stream()
        .filter(row -> row.method().equals(method))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void answersAgainWithoutAsking() {
    chain.finalise(0x6e);

    assertThat(ask("eth_getBalance", "['0xa','0x1']", "1")).isEqualTo("1");
    assertThat(ask("eth_getBalance", "[ '0xa', '0x1' ]", "2")).isEqualTo("1");

    assertThat(asked).isOne();
    assertThat(last.journal().servedBy()).isEqualTo("cache");
    assertThat(usage("eth_getBalance"))
        .returns(1L, Cache.MethodUsage::hits)
        .returns(1L, Cache.MethodUsage::misses)
        .returns(1L, Cache.MethodUsage::stored)
        .returns(Map.of(), Cache.MethodUsage::notCached);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void givesAnAnswerAsFirmAsItCame(boolean firm) {
    Outcome came = new Outcome.Answer(RawJson.of("1"), "p", firm);
    chain.finalise(0x6e);
    ask(cache, "eth_getBalance", "['0xa','0x6e']", () -> came);

    assertThat(ask(cache, "eth_getBalance", "['0xa','0x6e']", () -> came))
        .isEqualTo(new Outcome.Answer(RawJson.of("1"), "cache", firm));
  }

  @Test
  void keepsNothingOfABlockThatMayBeReplacedUnlessItIsCertainlyOfThatBlock() {
    Outcome unsure = new Outcome.Answer(RawJson.of("1"), "p", false);
    ask(cache, "eth_getBalance", "['0xa','0x70']", () -> unsure);

    assertThat(ask("eth_getBalance", "['0xa','0x70']", "2")).isEqualTo("2");
    assertThat(usage("eth_getBalance").notCached()).containsEntry("unsure", 1L);
  }

  @Test
  void forgetsAnOrphanedBlockAndNothingBelowIt() {
    ask("eth_getBalance", "['0xa','0x70']", "1");
    ask("eth_getBalance", "['0xa','0x6f']", "2");
    chain.reorganise(0x6f, 1);

    assertThat(ask("eth_getBalance", "['0xa','0x70']", "3")).isEqualTo("3");
    assertThat(ask("eth_getBalance", "['0xa','0x6f']", "4")).isEqualTo("2");
    assertThat(ask("eth_getBalance", "['0xa','0x70']", "5")).isEqualTo("3");
  }

  @Test
  void forgetsWhatHoldsForTheNewestBlockWithTheNextOrAfterAWhile() {
    ask("eth_gasPrice", "[]", "1");
    assertThat(ask("eth_gasPrice", "[]", "2")).isEqualTo("1");

    chain.grow(1);
    assertThat(ask("eth_gasPrice", "[]", "3")).isEqualTo("3");
    ticker.advanceMillis(12_000);
    assertThat(ask("eth_gasPrice", "[]", "4")).isEqualTo("4");
  }

  @Test
  void servesWhatIsFinalWhileAllProvidersAreOut() {
    chain.finalise(0x6e);
    ask("eth_getBalance", "['0xa','0x1']", "1");
    ask("eth_getBalance", "['0xa','0x70']", "2");
    ask("eth_gasPrice", "[]", "3");
    chain.fallSilent();

    assertThat(ask("eth_getBalance", "['0xa','0x1']", "null")).isEqualTo("1");
    assertThat(ask("eth_getBalance", "['0xa','0x70']", "null")).isEqualTo("null");
    assertThat(ask("eth_gasPrice", "[]", "null")).isEqualTo("null");
  }

  @Test
  void keepsNothingThatComesWhileTheChainIsNotKnown() {
    chain.finalise(0x6e);
    chain.fallSilent();

    ask("eth_getBalance", "['0xa','0x1']", "1");

    assertThat(ask("eth_getBalance", "['0xa','0x1']", "2")).isEqualTo("2");
    assertThat(usage("eth_getBalance").notCached()).containsOnly(Map.entry("chain_unknown", 2L));
  }

  @Test
  void forgetsWhatWasFinalOnAChainThatIsGone() {
    chain.finalise(0x6e);
    ask("eth_getBalance", "['0xa','0x1']", "1");
    chain.startAnew(0x60, 9);
    ask("eth_gasPrice", "[]", "1");
    chain.grow(0x20);
    chain.finalise(0x7e);

    assertThat(ask("eth_getBalance", "['0xa','0x1']", "2")).isEqualTo("2");
  }

  static java.util.stream.Stream<Outcome> failures() {
    return java.util.stream.Stream.of(
        new Outcome.Rejected(new Fault(3, "execution reverted", RawJson.of("\"0x\"")), "p"),
        new Outcome.Unserved(Trouble.TIMEOUT, "p"),
        new Outcome.Refused(new Refusal(Refusal.Kind.NO_PROVIDER, "none", "none")));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void keepsNoError(Outcome failure) {
    chain.finalise(0x6e);

    assertThat(ask(cache, "eth_call", "[{},'0x1']", () -> failure)).isEqualTo(failure);
    assertThat(ask("eth_call", "[{},'0x1']", "1")).isEqualTo("1");
    assertThat(usage("eth_call").notCached()).containsOnly(Map.entry("error", 1L));
  }

  @Test
  void passesADefectOn() {
    IllegalStateException defect = new IllegalStateException("defect");

    CompletableFuture<Outcome> future =
        cache.handle(
            Asking.call(ticker, "eth_gasPrice", "[]"), _ -> CompletableFuture.failedFuture(defect));

    assertThatThrownBy(future::join).hasCause(defect);
  }

  @Test
  void holdsNoLargeArrayForASmallAnswer() {
    byte[] body = new byte[100_000];
    body[50_000] = '1';
    Outcome came = answer(new RawJson(body, 50_000, 50_001));

    ask(cache, "eth_getBalance", "['0xa','0x70']", () -> came);
    Outcome kept = ask(cache, "eth_getBalance", "['0xa','0x70']", () -> came);

    assertThat(((Outcome.Answer) kept).result().text()).isEqualTo("1");
    assertThat(((Outcome.Answer) kept).result().bytes()).hasSize(1);
    assertThat(cache.bytes()).isLessThan(1_000);
  }

  @Test
  void givesNoAnswerMoreThanAnEighthOfTheRoom() {
    RawJson large = RawJson.of("\"" + "a".repeat((int) MEBIBYTE / 8) + "\"");

    ask(cache, "eth_getBalance", "['0xa','0x70']", () -> answer(large));

    assertThat(cache.bytes()).isZero();
    assertThat(usage("eth_getBalance").notCached()).containsOnly(Map.entry("too_large", 1L));
  }

  @Test
  void staysWithinItsBytesAndCountsThem() {
    chain.finalise(0x6e);
    for (int i = 0; i < 20_000; i++) {
      String result = "\"" + "a".repeat(i % 2_000) + "\"";
      ask(i % 2 == 0 ? "eth_call" : "eth_getCode", "['0x" + i + "','0x1']", result);
      if (i % 1_000 == 0) {
        assertThat(cache.bytes()).isLessThanOrEqualTo(MEBIBYTE);
      }
    }

    assertThat(cache.bytes()).isBetween(MEBIBYTE / 2, MEBIBYTE);
    assertThat(usage("eth_call").bytes() + usage("eth_getCode").bytes()).isEqualTo(cache.bytes());
    assertThat(usage("eth_call").stored()).isEqualTo(10_000);
  }

  private String askForMuch(int number, String suffix) {
    String result = "'" + "a".repeat(8_000) + suffix + "'";
    String got = ask("eth_getCode", "['0x" + number + "','0x1']", result);
    return got.substring(8_001, got.length() - 1);
  }

  @Test
  void keepsLargeAnswersAtOnceWhileThereIsRoom() {
    chain.finalise(0x6e);
    for (int i = 0; i < 90; i++) {
      askForMuch(i, "first");
    }

    for (int i = 0; i < 90; i++) {
      assertThat(askForMuch(i, "again")).isEqualTo("first");
    }
  }

  @Test
  void keepsLargeAnswersOfAFullCacheOnlyWhenTheyAreAskedForAgain() {
    chain.finalise(0x6e);
    for (int i = 0; i < 1_000; i++) {
      askForMuch(i, "first");
    }
    assertThat(askForMuch(1, "again")).as("from the time before it was full").isEqualTo("first");
    assertThat(askForMuch(999, "again")).as("still waiting").isEqualTo("first");
    assertThat(askForMuch(500, "again")).isEqualTo("again");
    for (int i = 1_000; i < 2_000; i++) {
      askForMuch(i, "first");
    }

    assertThat(askForMuch(500, "third")).isEqualTo("again");
    assertThat(askForMuch(999, "third")).isEqualTo("first");
    assertThat(cache.bytes()).isLessThanOrEqualTo(MEBIBYTE);
    assertThat(usage("eth_getCode").bytes()).isEqualTo(cache.bytes());
  }

  @Test
  void keepsWhatWasAskedTwiceWhenManyThingsAreAskedOnce() {
    chain.finalise(0x6e);
    ask("eth_getCode", "['0xa','0x1']", "'seen'");
    ask("eth_getCode", "['0xa','0x1']", "'never asked'");
    for (int i = 0; i < 20_000; i++) {
      ask("eth_call", "['0x" + i + "','0x1']", "1");
    }

    assertThat(ask("eth_getCode", "['0xa','0x1']", "'never asked'")).isEqualTo("'seen'");
    assertThat(usage("eth_call").bytes() + usage("eth_getCode").bytes()).isEqualTo(cache.bytes());
  }

  @Test
  void countsUnknownMethodsTogether() {
    for (int i = 0; i < 100; i++) {
      ask("acme_get" + i, "[]", "1");
    }

    assertThat(cache.usage())
        .containsExactly(new Cache.MethodUsage("other", 0, 0, 0, 0, 0, Map.of("method", 100L)));
  }

  @Test
  void saysWhyItLeavesParamsAlone() {
    ask("eth_call", "[{'to':1,'to':2},'0x70']", "1");

    assertThat(ask("eth_call", "[{'to':1,'to':2},'0x70']", "2")).isEqualTo("2");
    assertThat(usage("eth_call").notCached()).containsOnly(Map.entry("params", 2L));
  }

  @Test
  void refusesARoomThatIsTooSmall() {
    assertThatThrownBy(() -> new Cache.Config(1_000))
        .hasMessage("bytesMax: 1000 (expected: >= 1048576 bytes)");
    assertThat(Cache.Config.DEFAULTS.bytesMax()).isEqualTo(128 * MEBIBYTE);
  }

  /** The answer is that of the chain at every moment, however it grows, forks and settles. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void cannotBeToldFromNoCache(long seed) {
    RandomGenerator dice = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    for (int i = 0; i < 2_000; i++) {
      step(dice, i);
      View view = chain.view();
      long number = view.bottomNumber() + dice.nextInt(view.blocks().size());
      String truth = '"' + chain.hash(number).toString() + '"';

      assertThat(ask("eth_getBalance", "['0xa','0x%x']".formatted(number), truth)).isEqualTo(truth);
    }
    assertThat(asked).as("asks only when something changed").isLessThan(1_900);
  }

  private void step(RandomGenerator dice, int variant) {
    long tip = chain.view().tipNumber();
    switch (dice.nextInt(12)) {
      case 0 -> chain.grow(1);
      case 1 -> {
        long least = Math.max(chain.view().finalizedNumber(), chain.view().bottomNumber());
        if (least < tip) {
          chain.reorganise(least + dice.nextLong(tip - least), variant);
        }
      }
      case 2 -> chain.finalise(Math.max(tip - 2, chain.view().bottomNumber()));
      default -> {}
    }
  }
}
