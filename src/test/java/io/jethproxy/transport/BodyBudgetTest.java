package io.jethproxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BodyBudgetTest {

  private static final long MIB = 1 << 20;

  @Test
  void isAQuarterOfTheHeapWhateverAnswersAreWanted() {
    BodyBudget budget = BodyBudget.ofHeap(512 * MIB);

    assertThat(budget.take(128 * MIB)).isTrue();
    assertThat(budget.take(1)).isFalse();
    assertThat(budget.bytes()).isEqualTo(128 * MIB);
  }

  @ParameterizedTest(name = "heap {0} MiB, wanted {1}: {2}")
  @CsvSource({"512, 128, 64", "512, 32, 32", "1024, 128, 128", "4096, 128, 128", "64, 128, 8"})
  void theLargestAnswerFitsWhileItGrows(long heapMib, long wantedMib, long passes) {
    BodyBudget budget = BodyBudget.ofHeap(heapMib * MIB);

    long most = budget.answerBytesMax(wantedMib * MIB);

    assertThat(most).isEqualTo(passes * MIB);
    assertThat(budget.take(most - 1)).as("the array that is full").isTrue();
    assertThat(budget.take(most)).as("the array that it is copied to").isTrue();
  }
}
