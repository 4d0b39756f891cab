package io.jethproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(90)
class WarmUpTest {

  @Test
  void runsTheGatewayForAMomentAndLeavesNothingBehind() throws Exception {
    Program program = Program.start("warm-up");

    assertThat(program.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(program.text()).isEmpty();
    assertThat(program.process().exitValue()).isZero();
  }
}
