package io.jethproxy.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MiningsTest {

  private final Minings minings = new Minings();

  /** Block 8 is mined from 100 to 200. */
  @ParameterizedTest(name = "block {0}, from {1} to {2}: {3}")
  @CsvSource({
    "7, 120, 130, true",
    "7, 50, 100, true",
    "7, 200, 300, true",
    "7, 50, 300, true",
    "7, 50, 99, false",
    "7, 201, 300, false",
    "6, 120, 130, false",
    "8, 120, 130, false",
  })
  void onlyAQuestionOfTheNewestBlockRacesAndOnlyWhileTheNextIsMined(
      long number, long askedNanos, long answeredNanos, boolean mayHaveRaced) {
    minings.add(8, 100, 200);

    assertThat(minings.mayHaveRaced(number, askedNanos, answeredNanos)).isEqualTo(mayHaveRaced);
  }

  @Test
  void anyNodeThatMinesTheBlockCounts() {
    minings.add(8, 100, 200);
    minings.add(8, 5_000, 5_100); // catches up

    assertThat(minings.mayHaveRaced(7, 5_050, 5_060)).isTrue();
  }
}
