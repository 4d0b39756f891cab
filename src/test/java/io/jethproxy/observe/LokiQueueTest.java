package io.jethproxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.observe.LokiQueue.Measure;
import io.jethproxy.observe.LokiQueue.Stamped;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class LokiQueueTest {

  private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final LokiQueue queue =
      new LokiQueue(new Measure(10, 10_000), new Measure(4, Long.MAX_VALUE));

  private void offer(int from, int to) {
    IntStream.range(from, to).forEach(i -> queue.offer(entry(1_000, String.valueOf(i))));
  }

  private static LogEntry entry(long epochMillis, String message) {
    return LogEntry.of(epochMillis, Level.INFO, "app", message);
  }

  private static List<String> messages(List<Stamped> taken) {
    return taken.stream().map(stamped -> stamped.entry().message()).toList();
  }

  @Test
  void theOldestGiveWayByCount() throws InterruptedException {
    offer(0, 13);

    assertThat(queue.dropped()).isEqualTo(3);
    assertThat(messages(queue.take(0))).containsExactly("3", "4", "5", "6");
  }

  @Test
  void theOldestGiveWayByBytes() throws InterruptedException {
    for (int i = 0; i < 5; i++) {
      queue.offer(entry(0, i + "x".repeat(1_899))); // 200 + 2 × 1,900 = 4,000
    }

    assertThat(queue.dropped()).isEqualTo(3);
    assertThat(queue.waitingBytes()).isEqualTo(8_000);
    assertThat(queue.take(0).getFirst().entry().message()).startsWith("3");
  }

  @Test
  void oneThatIsTooLargeAlonePushesNothingElseOutForever() throws InterruptedException {
    queue.offer(entry(0, "x".repeat(6_000)));
    offer(1, 2);

    assertThat(queue.dropped()).isEqualTo(1);
    assertThat(messages(queue.take(0))).containsExactly("1");
  }

  @Test
  void whatIsOnItsWayCountsAndCanAlwaysComeBack() throws InterruptedException {
    offer(0, 10);
    List<Stamped> taken = queue.take(0);
    long waiting = queue.waitingBytes();
    offer(10, 13);

    assertThat(queue.waitingBytes()).isLessThanOrEqualTo(waiting + 30);
    assertThat(queue.dropped()).isEqualTo(3); // 4, 5 and 6: 0 to 3 are on their way
    queue.giveBack(taken);
    assertThat(messages(queue.take(0))).containsExactly("0", "1", "2", "3");
    queue.settle();
    assertThat(messages(queue.take(0))).containsExactly("7", "8", "9", "10");
  }

  @Test
  void timesRiseWithinOneMillisecondAndAreKeptWhenALineIsSentAgain() throws InterruptedException {
    offer(0, 3);
    List<Stamped> taken = queue.take(0);
    queue.giveBack(taken);

    assertThat(taken.stream().map(Stamped::epochNanos))
        .containsExactly(1_000_000_000L, 1_000_000_001L, 1_000_000_002L);
    assertThat(queue.take(0)).isEqualTo(taken);
  }

  @Test
  void followsAClockThatIsSetBackButNotOneThatTrembles() throws InterruptedException {
    queue.offer(entry(120_000, "first"));
    queue.offer(entry(119_900, "trembling"));
    queue.offer(entry(60_000, "set back"));

    assertThat(queue.take(0).stream().map(Stamped::epochNanos))
        .containsExactly(2 * MINUTE_NANOS, 2 * MINUTE_NANOS + 1, MINUTE_NANOS);
  }

  @Test
  void givesWhatIsThereWhenClosedAndNothingAfter() throws InterruptedException {
    offer(0, 2);
    queue.close();
    offer(2, 3);

    assertThat(messages(queue.take(MINUTE_NANOS))).containsExactly("0", "1");
    assertThat(queue.take(MINUTE_NANOS)).isEmpty();
    assertThat(queue.lateLines()).isEqualTo(1);
  }

  @Test
  void countsWhatIsAbandoned() throws InterruptedException {
    offer(0, 6);
    List<Stamped> taken = queue.take(0);
    queue.giveBack(taken);

    queue.abandon();

    assertThat(queue.lateLines()).isEqualTo(6);
    assertThat(queue.waitingBytes()).isZero();
    assertThat(queue.take(MINUTE_NANOS)).isEmpty();
  }
}
