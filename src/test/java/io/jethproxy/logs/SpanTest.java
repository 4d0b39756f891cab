package io.jethproxy.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpanTest {

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "4, 2",
    "5, 5",
    "9, 5",
    "10, 10",
    "50, 50",
    "800, 500",
    "1000, 1000",
    "1024, 1000",
    "2048, 2000",
    "10000, 10000",
    "9223372036854775807, 5000000000000000000"
  })
  void takesTheRoundSizeBelowALimit(long limit, long size) {
    assertThat(Span.roundSize(limit)).isEqualTo(size);
  }

  @Test
  void cutsAtRoundNumbers() {
    assertThat(new Span(3_500, 12_000).cut(5_999))
        .containsExactly(new Span(3_500, 4_999), new Span(5_000, 9_999), new Span(10_000, 12_000));
  }

  @Test
  void makesPiecesThatFollowEachOtherAndFitTheLimit() {
    Random random = new Random(3);
    for (int i = 0; i < 2_000; i++) {
      long from = random.nextLong(1L << 30);
      Span span = new Span(from, from + random.nextInt(3_000));
      long limit = 1L + random.nextInt(2_000);

      List<Span> pieces = span.cut(limit);

      assertThat(pieces).hasSize((int) span.pieces(limit));
      assertThat(pieces.getFirst().from()).isEqualTo(span.from());
      assertThat(pieces.getLast().to()).isEqualTo(span.to());
      for (int k = 0; k < pieces.size(); k++) {
        assertThat(pieces.get(k).blocks()).isLessThanOrEqualTo(limit);
        assertThat(k == 0 || pieces.get(k).from() == pieces.get(k - 1).to() + 1).isTrue();
      }
    }
  }
}
