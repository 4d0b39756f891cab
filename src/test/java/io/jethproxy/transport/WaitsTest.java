package io.jethproxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WaitsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "5 | 5000",
        "' 60 ' | 60000",
        "300 | 300000",
        "301 | 300000",
        "1000000000 | 300000",
        "99999999999999999999 | 300000",
        "Sun, 22 Nov 2026 12:00:30 GMT | 30000",
        "Sun, 22 Nov 2026 13:00:00 GMT | 300000",
        "Fri, 31 Dec 9999 23:59:59 GMT | 300000",
        "Sun, 22 Nov 2026 11:59:00 GMT | -1",
        "Mon, 22 Nov 2026 12:00:30 GMT | -1",
        "0 | -1",
        "-1 | -1",
        "1.5 | -1",
        "abc | -1",
        "'' | -1",
        "٣ | -1",
      })
  void readsTheHeader(String header, long millis) {
    assertThat(Waits.ofHeader(header, "Sun, 22 Nov 2026 12:00:00 GMT")).isEqualTo(millis);
  }

  /** Whose clock says when that is, then? */
  @ParameterizedTest
  @ValueSource(strings = {"", "just now", "Sun, 22 Nov 2026 12:00:00"})
  void takesNoDateFromWhoDoesNotSayWhatTimeItIs(String date) {
    assertThat(Waits.ofHeader("Sun, 22 Nov 2026 12:00:30 GMT", date)).isEqualTo(-1);
    assertThat(Waits.ofHeader("30", date)).isEqualTo(30_000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Too many requests, retry in 10s | 10000",
        "call rate limit exhausted, retry in 10m0s | 300000",
        "Please try again in 30 seconds. | 30000",
        "rate limited, try again in 4ms | 4",
        "retry after 5 | 5000",
        "Retry-After: 2 minutes | 120000",
        "rate limited, try again in 4ms, \"backoff_seconds\": 30 | 30000",
        "please wait 1.5 seconds | 1500",
        "wait for 1h30m | 300000",
        "limit resets in 20s | 20000",
        "retry in a while | -1",
        "retry in 999999999999999999s | -1",
        "rate limit of 10 requests per second | -1",
      })
  void readsTheText(String text, long millis) {
    assertThat(Waits.ofWords(ErrorWords.of(text))).isEqualTo(millis);
  }
}
