package io.jethproxy.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeTicker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HashFormsTest {

  private final FakeTicker ticker = new FakeTicker();
  private final HashForms forms = new HashForms(ticker);

  @Test
  void asksEverybodyByHashUntilItIsRefused() {
    boolean first = forms.mayTake("a", "eth_call");
    forms.refused("a", "eth_call");

    assertThat(first).isTrue();
    assertThat(forms.mayTake("a", "eth_call")).isFalse();
    assertThat(forms.mayTake("a", "eth_getCode")).isTrue();
    assertThat(forms.mayTake("b", "eth_call")).isTrue();
    assertThat(forms.refusedBy("a")).containsExactly("eth_call");
  }

  @Test
  void triesAgainAfterAnHour() {
    forms.refused("a", "eth_call");
    ticker.advance(Duration.ofHours(1));

    assertThat(forms.mayTake("a", "eth_call")).isTrue();
    assertThat(forms.refusedBy("a")).isEmpty();
  }

  @Test
  void believesThatAHashIsUnknownBeforeItBelievesThatHashesAre() {
    for (int i = 1; i < HashForms.DOUBTS_TO_BELIEVE; i++) {
      doubt();
    }
    forms.doubted("a", "eth_call"); // at once after another: the same doubt
    boolean before = forms.mayTake("a", "eth_call");
    ticker.advance(Duration.ofSeconds(1));
    forms.doubted("a", "eth_call");

    assertThat(before).isTrue();
    assertThat(forms.mayTake("a", "eth_call")).isFalse();
  }

  private void doubt() {
    ticker.advance(Duration.ofSeconds(1));
    forms.doubted("a", "eth_call");
  }

  @Test
  void startsCountingAnewOnceAHashWasTaken() {
    for (int i = 1; i < HashForms.DOUBTS_TO_BELIEVE; i++) {
      doubt();
    }
    forms.taken("a", "eth_call");
    forms.doubted("a", "eth_call");

    assertThat(forms.mayTake("a", "eth_call")).isTrue();
  }

  @Test
  void trustsOneThatHasTakenAHashForTenMinutes() {
    forms.taken("a", "eth_call");
    boolean now = forms.isTaken("a", "eth_call");
    ticker.advance(Duration.ofMinutes(10));

    assertThat(now).isTrue();
    assertThat(forms.isTaken("a", "eth_call")).isFalse();
  }

  @Test
  void learnsNothingNewBeyondItsBound() {
    for (int i = 0; i < HashForms.KNOWN_MAX; i++) {
      forms.refused("p" + i, "eth_call");
    }
    forms.refused("late", "eth_call");

    assertThat(forms.mayTake("late", "eth_call")).isTrue();
    assertThat(forms.mayTake("p0", "eth_call")).isFalse();
  }
}
