package io.jethproxy.survey;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BisectionTest {

  /** Asks a provider that has this block and all above; gives the number of questions. */
  private static int ask(Bisection bisection, long lowest) {
    int asked = 0;
    for (OptionalLong next = bisection.next(); next.isPresent(); next = bisection.next()) {
      asked++;
      if (next.getAsLong() >= lowest) {
        bisection.has(next.getAsLong());
      } else {
        bisection.lacks(next.getAsLong());
      }
    }
    return asked;
  }

  @Test
  void asksAnArchiveOnce() {
    Bisection bisection = new Bisection(25_000_000);

    assertThat(ask(bisection, 0)).isEqualTo(1);
    assertThat(bisection.floor()).isZero();
    assertThat(bisection.isConclusive()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 64, 65})
  void asksNothingOfAShortChain(long head) {
    Bisection bisection = new Bisection(head);

    assertThat(ask(bisection, head)).isZero();
    assertThat(bisection.isConclusive()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"128", "1024", "10000", "90000", "1000000", "9500000"})
  void findsTheDepthWithinATenthInEightQuestions(long kept) {
    long head = 25_000_000;
    Bisection bisection = new Bisection(head);

    assertThat(ask(bisection, head - kept)).isLessThanOrEqualTo(Bisection.QUESTIONS_MAX);
    assertThat(bisection.floor()).isBetween(head - kept - kept / 9, head - kept);
    assertThat(bisection.seen()).isGreaterThanOrEqualTo(head - kept);
  }

  @Test
  void takesWhatIsNearTheHeadToBeThere() {
    Bisection bisection = new Bisection(1_000);

    ask(bisection, 2_000);

    assertThat(bisection.floor()).isLessThanOrEqualTo(936);
    assertThat(bisection.seen()).isEqualTo(936);
  }

  @Test
  void neverRulesOutABlockThatIsThere() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 10_000; i++) {
      long head = random.nextLong(1, 1L << random.nextInt(4, 40));
      long lowest = random.nextLong(head + 1);
      Bisection bisection = new Bisection(head);

      assertThat(ask(bisection, lowest)).isLessThanOrEqualTo(Bisection.QUESTIONS_MAX);
      if (bisection.isConclusive()) {
        assertThat(bisection.floor()).isLessThanOrEqualTo(Math.max(lowest, head - 64));
        assertThat(bisection.floor()).isLessThanOrEqualTo(bisection.seen());
      }
    }
  }
}
