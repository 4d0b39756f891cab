package io.jethproxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BodyBudgetTest {

  private static final long MIB = 1 << 20;

  @Test
  void isAQuarterOfTheHeap() {
    BodyBudget budget = BodyBudget.ofHeap(512 * MIB, 32 * MIB);

    assertThat(budget.take(128 * MIB)).isTrue();
    assertThat(budget.take(1)).isFalse();
    assertThat(budget.bytes()).isEqualTo(128 * MIB);
  }

  @ParameterizedTest(name = "heap {0} MiB, wanted {1}: {2}")
  @CsvSource({"495, 128, 128", "512, 32, 32", "1024, 128, 128", "4096, 128, 128", "96, 128, 32"})
  void theLargestAnswerFitsWhenItIsAlone(long heapMib, long wantedMib, long passes) {
    long most = BodyBudget.answerBytesMax(heapMib * MIB, wantedMib * MIB);

    assertThat(most).isEqualTo(passes * MIB);
    assertThat(BodyBudget.ofHeap(heapMib * MIB, most).take(most)).isTrue();
  }
}
