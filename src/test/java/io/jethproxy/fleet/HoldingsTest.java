package io.jethproxy.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Trouble;
import io.jethproxy.eth.Methods;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class HoldingsTest {

  private static final long HEAD = 1_000_000;
  private static final long HOUR_MILLIS = 3_600_000;

  private final HandTicker ticker = new HandTicker();
  private final Holdings holdings = new Holdings(ticker);

  private boolean mayHold(Past past, long number) {
    return holdings.mayHold("a", past, number, HEAD);
  }

  private void failed(long number, Trouble trouble) {
    holdings.failed("a", Past.STATE, number, number, trouble, HEAD);
  }

  @Test
  void asksAPrunedProviderForThePresentOnly() {
    failed(900_000, Trouble.PRUNED);

    assertThat(mayHold(Past.STATE, 900_000)).isFalse();
    assertThat(mayHold(Past.STATE, 0)).isFalse();
    assertThat(mayHold(Past.STATE, 900_001)).isTrue();
    assertThat(mayHold(Past.STATE, HEAD)).isTrue();
    assertThat(mayHold(Past.LOGS, 0)).isTrue();
    assertThat(holdings.mayHold("b", Past.STATE, 0, HEAD)).isTrue();
    assertThat(holdings.floors("a")).isEqualTo(Map.of(Past.STATE, 900_001L));
    assertThat(holdings.floors("b")).isEmpty();
  }

  @Test
  void followsAWindowThatMoves() {
    failed(900_000, Trouble.PRUNED);
    failed(999_000, Trouble.MISSING_DATA);
    failed(10, Trouble.PRUNED);

    assertThat(mayHold(Past.STATE, 999_000)).isFalse();
    assertThat(mayHold(Past.STATE, 999_001)).isTrue();
  }

  @Test
  void raisesTheFloorOfAWindowWithTheHead() {
    failed(900_000, Trouble.PRUNED);
    holdings.failed("a", Past.LOGS, 900_000, 900_000, Trouble.PRUNED, HEAD);

    long later = HEAD + 50;
    assertThat(holdings.mayHold("a", Past.STATE, 900_050, later)).isFalse();
    assertThat(holdings.mayHold("a", Past.STATE, 900_051, later)).isTrue();
    assertThat(holdings.mayHold("a", Past.LOGS, 900_001, later)).isTrue();
    assertThat(holdings.floors("a")).isEqualTo(Map.of(Past.STATE, 900_001L, Past.LOGS, 900_001L));

    holdings.served("a", Past.STATE, 900_010, later);
    assertThat(holdings.mayHold("a", Past.STATE, 900_009, later)).isFalse();
    assertThat(holdings.mayHold("a", Past.STATE, 900_010, later)).isTrue();
    assertThat(holdings.mayHold("a", Past.STATE, 900_010, later + 1)).isFalse();
  }

  @Test
  void believesInAPastThatIsServedAfterAll() {
    failed(900_000, Trouble.PRUNED);
    holdings.served("a", Past.STATE, 500, HEAD);
    holdings.served("a", Past.STATE, HEAD, HEAD);
    holdings.served("b", Past.STATE, 500, HEAD);

    assertThat(mayHold(Past.STATE, 500)).isTrue();
    assertThat(mayHold(Past.STATE, 499)).isFalse();
  }

  @Test
  void takesWhatIsMissingNearTheHeadForLate() {
    failed(HEAD, Trouble.MISSING_DATA);
    failed(HEAD - Holdings.LATE_BLOCKS, Trouble.MISSING_DATA);
    failed(HEAD + 5, Trouble.PRUNED);
    failed(HEAD, Trouble.PRUNED);

    assertThat(mayHold(Past.STATE, 0)).isTrue();

    failed(HEAD - Holdings.LATE_BLOCKS - 1, Trouble.MISSING_DATA);

    assertThat(mayHold(Past.STATE, 0)).isFalse();
    assertThat(mayHold(Past.STATE, HEAD - Holdings.LATE_BLOCKS)).isTrue();
  }

  @Test
  void takesARangeWhoseEndMayBeLateForLate() {
    holdings.failed("a", Past.LOGS, 500, HEAD - 1, Trouble.MISSING_DATA, HEAD);
    holdings.failed("a", Past.LOGS, 500, -1, Trouble.MISSING_DATA, HEAD);
    assertThat(mayHold(Past.LOGS, 500)).isTrue();

    holdings.failed("a", Past.LOGS, 500, 900_000, Trouble.MISSING_DATA, HEAD);
    assertThat(mayHold(Past.LOGS, 500)).isFalse();
    assertThat(mayHold(Past.LOGS, 501)).isTrue();

    holdings.failed("a", Past.LOGS, 600, HEAD, Trouble.PRUNED, HEAD);
    assertThat(mayHold(Past.LOGS, 600)).isFalse();
  }

  @Test
  void knowsNothingOfWhatIsMissingWithoutAHead() {
    holdings.failed("a", Past.STATE, 5, 5, Trouble.MISSING_DATA, -1);
    assertThat(mayHold(Past.STATE, 5)).isTrue();

    holdings.failed("a", Past.STATE, 5, 5, Trouble.PRUNED, -1);
    assertThat(mayHold(Past.STATE, 5)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = Trouble.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"PRUNED", "MISSING_DATA"})
  void learnsNothingFromOtherTroubles(Trouble trouble) {
    failed(5, trouble);

    assertThat(mayHold(Past.STATE, 5)).isTrue();
  }

  @Test
  void triesThePastAgainAfterAnHour() {
    failed(900_000, Trouble.PRUNED);

    ticker.advanceMillis(HOUR_MILLIS - 1);
    assertThat(mayHold(Past.STATE, 5)).isFalse();

    ticker.advanceMillis(1);
    assertThat(mayHold(Past.STATE, 5)).isTrue();
    assertThat(holdings.floors("a")).isEmpty();

    failed(5, Trouble.PRUNED);
    assertThat(mayHold(Past.STATE, 5)).isFalse();
    assertThat(mayHold(Past.STATE, 6)).isTrue();
  }

  @Test
  void believesASurveyForHalfADayAndMore() {
    holdings.found("a", Past.STATE, 900_000, 905_000, HEAD);
    holdings.found("a", Past.LOGS, 0, 1, HEAD);

    assertThat(mayHold(Past.STATE, 899_999)).isFalse();
    assertThat(mayHold(Past.STATE, 900_000)).isTrue();
    assertThat(holdings.mayHold("a", Past.STATE, 900_000, HEAD + 10)).isFalse();
    assertThat(holdings.mayHold("a", Past.LOGS, 0, HEAD + 10)).isTrue();
    assertThat(holdings.floors("a")).isEqualTo(Map.of(Past.STATE, 900_000L, Past.LOGS, 0L));

    failed(902_000, Trouble.PRUNED);
    ticker.advanceMillis(12 * HOUR_MILLIS);
    assertThat(mayHold(Past.STATE, 902_000)).isFalse();
    ticker.advanceMillis(4 * HOUR_MILLIS);
    assertThat(mayHold(Past.STATE, 902_000)).isTrue();
  }

  @Test
  void believesAnAnswerThatContradictsASurveyForAnHour() {
    holdings.found("a", Past.LOGS, 0, 1, HEAD);
    holdings.failed("a", Past.LOGS, 900_000, 900_000, Trouble.PRUNED, HEAD);
    assertThat(mayHold(Past.LOGS, 900_000)).isFalse();

    ticker.advanceMillis(HOUR_MILLIS);

    assertThat(mayHold(Past.LOGS, 900_000)).isTrue();
  }

  @Test
  void isInDoubtWhenAnAnswerContradictsASurvey() {
    holdings.found("a", Past.STATE, 900_000, 905_000, HEAD);

    failed(902_000, Trouble.PRUNED);
    failed(100, Trouble.PRUNED);
    holdings.served("a", Past.STATE, 904_000, HEAD);
    assertThat(holdings.isDoubted("a")).isFalse();

    failed(905_000, Trouble.PRUNED);
    assertThat(holdings.isDoubted("a")).isTrue();
    assertThat(holdings.isDoubted("b")).isFalse();

    holdings.surveyed("a");
    holdings.found("a", Past.STATE, 900_000, 905_000, HEAD);
    assertThat(holdings.isDoubted("a")).isFalse();
    holdings.served("a", Past.STATE, 5, HEAD);
    assertThat(holdings.isDoubted("a")).isTrue();
    assertThat(mayHold(Past.STATE, 5)).isTrue();
  }

  @Test
  void keepsABoundedNumberOfProviders() {
    failed(5, Trouble.PRUNED);
    for (int i = 0; i < Holdings.PROVIDERS_MAX; i++) {
      holdings.failed("provider " + i, Past.STATE, 5, 5, Trouble.PRUNED, HEAD);
    }

    assertThat(mayHold(Past.STATE, 5)).isTrue();
    assertThat(holdings.mayHold("provider 0", Past.STATE, 5, HEAD)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "eth_getBalance, STATE",
    "eth_call, STATE",
    "eth_getProof, PROOFS",
    "eth_getLogs, LOGS",
    "eth_getBlockByNumber, BLOCKS",
    "eth_getTransactionByHash, BLOCKS",
    "eth_feeHistory, BLOCKS",
    "eth_getBlockReceipts, RECEIPTS",
    "eth_getTransactionReceipt, RECEIPTS",
    "debug_traceBlockByNumber, TRACES",
    "debug_getRawBlock, TRACES",
    "eth_chainId, ",
    "eth_unheardOf, "
  })
  void knowsWhatMethodsTake(String method, Past past) {
    assertThat(Past.of(Methods.load().of(method)).orElse(null)).isEqualTo(past);
  }
}
