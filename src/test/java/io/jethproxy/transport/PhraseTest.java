package io.jethproxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PhraseTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "rate limit* | RATE_LIMIT",
        "rate limit* | api rate-limited!",
        "rate limit* | RateLimitExceeded",
        "already imported | Pool(AlreadyImported)",
        "block range .. exceed* | the Block range of 5 blocks exceeds 3",
        "doesnt exist | it doesn't exist",
        "max # blocks | max 10,000 blocks",
        "^ limit exceeded $ | Limit exceeded.",
        "cus | 30 CUs per second",
        "methodname .. not available | trace_filter is not available",
        "methodname | erigon_getLatestLogs failed",
      })
  void findsItsWords(String phrase, String text) {
    assertThat(Phrase.of(phrase).matches(ErrorWords.of(text))).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rate limit* | generate limits",
        "rate limit* | rate of the limit",
        "block range .. exceed* | Block range. It exceeds",
        "^ limit exceeded $ | gas limit exceeded",
        "^ limit exceeded $ | limit exceeded again",
        "billing | see https://example.com/billing/plan",
        "get logs | eth_getLogs failed",
        "# blocks | many blocks",
      })
  void findsNothingElse(String phrase, String text) {
    assertThat(Phrase.of(phrase).matches(ErrorWords.of(text))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Rate", "a  b", ".. a", "a ..", "a*b", "a|", "a .. .. b", "^", "a-b"})
  void refusesWhatCouldNeverMatch(String phrase) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Phrase.of(phrase))
        .withMessageContaining("expected");
  }

  @Test
  void readsOnlyTheBeginningOfALongText() {
    ErrorWords words = ErrorWords.of("a ".repeat(ErrorWords.MAX_CHARS) + "rate limit");

    assertThat(Phrase.of("rate limit").matches(words)).isFalse();
  }
}
