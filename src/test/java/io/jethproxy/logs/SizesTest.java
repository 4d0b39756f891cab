package io.jethproxy.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.fleet.RangeLimits;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizesTest {

  private static final long ANY = RangeLimits.UNLIMITED;

  @ParameterizedTest(name = "{0} blocks, range {1}, results {2}: {3}, then {4}")
  @CsvSource({
    // nothing known
    "5000, -1, -1, 10000, 2500",
    "1000000, -1, -1, 50000, 500000",
    // what a range may be is kept to, however many questions that makes
    "5000, 10, -1, 10, 10",
    // how much there is of a filter is a guess
    "5000, -1, 1000, 1000, 1000",
    "5000, 2000, 1000, 1000, 1000",
    "5000, 500, 1000, 500, 500",
    // which does not make too many questions
    "5000, -1, 1, 32, 313",
    "100000, -1, 1, 512, 6250",
  })
  void keepsToRangesAndGuessesResults(
      long blocks, long range, long results, long first, long again) {
    Sizes sizes = new Sizes(range < 0 ? ANY : range, results < 0 ? ANY : results);
    Span span = new Span(0, blocks - 1);

    assertThat(sizes.first(span, 1_000)).isEqualTo(first);
    assertThat(sizes.again(span)).isEqualTo(again);
  }
}
