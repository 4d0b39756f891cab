package io.jethproxy.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.OpenLoop.Question;
import io.jethproxy.testing.OpenLoop.Sample;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OpenLoopTest {

  private final FakeProvider provider = FakeProvider.start();

  @AfterEach
  void close() {
    provider.close();
  }

  @Test
  void sendsAtItsRateAndRecordsEveryAnswer() {
    LoadReport report = load(200).run(Duration.ofMillis(500));

    assertThat(report.count()).isEqualTo(100);
    assertThat(report.samples()).extracting(Sample::id).doesNotHaveDuplicates();
    assertThat(report.failed()).isEmpty();
    assertThat(report.wrongIds()).isEmpty();
    assertThat(report.samples()).extracting(Sample::answer).containsOnly("\"0x3e8\"");
    assertThat(report.samples().getLast().dueNanos()).isEqualTo(495_000_000);
    assertThat(provider.connectionsAccepted()).isLessThan(100);
  }

  @Test
  void goesOnSendingWhileNothingComesBackAndCountsTheWaiting() {
    provider.freeze();
    Thread thaw =
        Thread.ofVirtual()
            .start(() -> {
              provider.awaitConnectionsAccepted(50, Duration.ofSeconds(10));
              provider.thaw();
            });

    LoadReport report = load(250).run(Duration.ofMillis(400));

    assertThat(report.failed()).isEmpty();
    assertThat(report.samples().getFirst().latencyNanos())
        .isGreaterThan(report.samples().get(40).latencyNanos())
        .isGreaterThan(150_000_000);
    assertThat(thaw.isAlive()).isFalse();
  }

  @Test
  void tellsWrongIdsErrorsStatusesAndBrokenConnectionsApart() {
    provider
        .always()
        .times(1)
        .wrongId()
        .always()
        .times(2)
        .error(-32000, "no")
        .always()
        .times(3)
        .status(503, "{}")
        .always()
        .times(4)
        .rstAfterRequest()
        .always()
        .times(5)
        .longerContentLength();

    LoadReport report = load(100).run(Duration.ofMillis(300));

    assertThat(report.wrongIds()).hasSize(1 + 3);
    assertThat(report.failures())
        .containsEntry("error", 2L)
        .containsEntry("http 503", 3L)
        .containsEntry("truncated", 5L);
    assertThat(report.failed()).hasSize(2 + 3 + 4 + 5);
    assertThat(report.where(s -> s.failure().startsWith("SocketException")).count()).isEqualTo(4);
  }

  @Test
  void failsWhatFindsNoConnectionFree() {
    provider.always().hold();

    LoadReport report =
        load(100).inFlightMax(3).patience(Duration.ofMillis(400)).run(Duration.ofMillis(200));

    assertThat(report.failures()).containsEntry("no connection free", 17L);
    assertThat(report.failed()).hasSize(20);
  }

  @Test
  void givesPercentilesByNearestRank() {
    List<Sample> samples =
        LongStream.rangeClosed(1, 200)
            .mapToObj(i -> new Sample(i, "m", i * 1_000, i * 1_000_000, 200, "1", "", true))
            .toList();
    LoadReport report = new LoadReport(samples);

    assertThat(report.latency(50)).isEqualTo(Duration.ofMillis(100));
    assertThat(report.latency(99)).isEqualTo(Duration.ofMillis(198));
    assertThat(report.latency(100)).isEqualTo(Duration.ofMillis(200));
    assertThat(report.between(Duration.ofNanos(1_000), Duration.ofNanos(3_000)).count())
        .isEqualTo(2);
    assertThat(report.toString())
        .startsWith("200 requests, 0 wrong ids, 0 failed {}, p50 100.0 ms");
  }

  private OpenLoop load(int perSecond) {
    return OpenLoop.on(provider.port(), "/", perSecond, _ -> new Question("eth_blockNumber", "[]"));
  }
}
