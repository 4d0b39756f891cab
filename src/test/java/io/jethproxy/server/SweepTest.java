package io.jethproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SweepTest {

  private final FakeTicker ticker = new FakeTicker();
  private final Set<ClientConnection> connections = new LinkedHashSet<>();
  private final Sweep sweep = new Sweep(ticker, connections);

  private static final class Swept implements ClientConnection {
    final List<Long> atNanos = new ArrayList<>();

    @Override
    public void sweep(long nowNanos) {
      atNanos.add(nowNanos);
    }

    @Override
    public long bodyNanos(long nowNanos) {
      return 0;
    }

    @Override
    public void giveUpBody() {}

    @Override
    public long stalledNanos() {
      return 0;
    }

    @Override
    public void giveUpAnswer() {}

    @Override
    public void drain() {}

    @Override
    public void close() {}
  }

  private List<Swept> open(int count) {
    List<Swept> opened = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      opened.add(new Swept());
    }
    connections.addAll(opened);
    sweep.start();
    return opened;
  }

  private static long swept(List<Swept> all) {
    return all.stream().mapToInt(each -> each.atNanos.size()).sum();
  }

  @Test
  void looksAtEachOfAFewTwiceASecond() {
    List<Swept> few = open(3);

    ticker.advance(Duration.ofSeconds(10));

    assertThat(few).allSatisfy(each -> assertThat(each.atNanos).hasSize(20));
  }

  @ParameterizedTest
  @CsvSource({"1000, 256, 500", "4000, 256, 800", "5000, 256, 1000"})
  void looksAtManyAFewAtATime(int count, int atOnce, int withinMillis) {
    List<Swept> many = open(count);
    long most = 0;
    long before = 0;

    for (int millis = 0; millis < 3 * withinMillis; millis++) {
      ticker.advance(Duration.ofMillis(1));
      long now = swept(many);
      most = Math.max(most, now - before);
      before = now;
    }

    assertThat(most).isLessThanOrEqualTo(atOnce);
    assertThat(many)
        .allSatisfy(each -> {
          assertThat(each.atNanos).hasSizeBetween(2, 3);
          assertThat(Duration.ofNanos(each.atNanos.get(1) - each.atNanos.get(0)).toMillis())
              .isBetween(withinMillis * 8L / 10, (long) withinMillis);
        });
  }

  @Test
  void leavesThoseAloneThatHaveGoneMeanwhile() {
    List<Swept> many = open(1_000);
    ticker.advance(Duration.ofMillis(510));

    connections.clear();
    long before = swept(many);
    ticker.advance(Duration.ofSeconds(5));

    assertThat(before).isBetween(1L, 999L);
    assertThat(swept(many)).isEqualTo(before);
  }

  @Test
  void beginsAgainWithTheNextConnection() {
    open(1);
    ticker.advance(Duration.ofSeconds(1));
    connections.clear();
    ticker.advance(Duration.ofSeconds(5));

    List<Swept> next = open(1);
    ticker.advance(Duration.ofSeconds(1));

    assertThat(swept(next)).isEqualTo(2);
  }
}
