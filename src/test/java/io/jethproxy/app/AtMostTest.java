package io.jethproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AtMostTest {

  private final FakeTicker ticker = new FakeTicker();
  private final List<Long> told = new ArrayList<>();
  private final AtMost atMost = new AtMost(ticker, 250, told::add);

  @Test
  void tellsOfANetworkOnceInAWhile() {
    atMost.accept(1);
    atMost.accept(1);
    atMost.accept(2);
    assertThat(told).containsExactly(1L, 2L);

    ticker.advance(Duration.ofNanos(249));
    atMost.accept(1);
    assertThat(told).hasSize(2);

    ticker.advance(Duration.ofNanos(1));
    atMost.accept(1);
    atMost.accept(1);
    assertThat(told).containsExactly(1L, 2L, 1L);
  }
}
