package io.jethproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SignalsTest {

  @Test
  void theHookAsksForAStopAndWaitsUntilItIsOver() throws InterruptedException {
    Signals signals = new Signals();
    Thread hook = signals.hook();
    hook.start();
    signals.awaitFirst();

    hook.join(200);
    assertThat(hook.isAlive()).isTrue();
    assertThat(signals.second().getCount()).isEqualTo(1);

    signals.close();
    assertThat(hook.join(java.time.Duration.ofSeconds(10))).isTrue();
  }

  @Test
  void theHookDoesNotHoldUpAnExitThatNobodySignalled() throws InterruptedException {
    Signals signals = new Signals();
    signals.close();
    Thread hook = signals.hook();

    hook.start();

    hook.join(TimeUnit.SECONDS.toMillis(10));
    assertThat(hook.isAlive()).isFalse();
  }
}
