package io.jethproxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.observe.LogEntry.Pair;
import io.jethproxy.observe.LokiQueue.Stamped;
import io.jethproxy.testing.LokiPushes;
import io.jethproxy.testing.LokiPushes.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.event.Level;

class LokiBodyTest {

  private static final long NOON_MILLIS = 1_795_355_672_003L;

  private final LokiBody body = new LokiBody(new TextLine(), new Secrets(), true, "host-1");

  private List<Entry> read(List<Stamped> batch) throws LokiPushes.Refused {
    return LokiPushes.read("application/json", "gzip", body.of(batch));
  }

  private static Stamped stamped(long nanosLater, LogEntry entry) {
    return new Stamped(NOON_MILLIS * 1_000_000 + nanosLater, entry);
  }

  private static LogEntry entry(String message, Pair... pairs) {
    return new LogEntry(NOON_MILLIS, Level.INFO, "fleet", message, List.of(pairs), "");
  }

  @Test
  void labelsAreBoundedWhateverNetworksThereAre() throws LokiPushes.Refused {
    List<Stamped> batch =
        IntStream.range(0, 1_000)
            .mapToObj(i -> stamped(i, entry("x", new Pair("network", "net-" + i))))
            .toList();

    List<Entry> entries = read(batch);

    Set<String> networks =
        entries.stream().map(e -> e.labels().get("network")).collect(Collectors.toSet());
    assertThat(networks).hasSize(LokiBody.NETWORKS_MAX + 1).contains("net-0", "other");
    assertThat(entries.stream().map(e -> e.labels().keySet()).distinct())
        .containsExactly(Set.of("application", "level", "network"));
    assertThat(entries.getLast().metadata()).containsEntry("_network", "net-999");
  }

  @Test
  void methodsKeysAndAddressesAreNeverLabels() throws LokiPushes.Refused {
    LogEntry call =
        entry(
            "call",
            new Pair("method", "eth_call"),
            new Pair("key", "team-a"),
            new Pair("client", "192.0.2.7"),
            new Pair("level", "fake"),
            new Pair("9 lives", "cat"));

    Entry entry = read(List.of(stamped(0, call))).getFirst();

    assertThat(entry.labels()).containsOnlyKeys("application", "level").containsValue("info");
    assertThat(entry.metadata())
        .containsOnlyKeys("logger", "instance", "method", "key", "client", "_level", "_9_lives");
  }

  static List<String> hostileTexts() {
    return LoggingTest.hostileTexts();
  }

  @ParameterizedTest
  @MethodSource("hostileTexts")
  void isAPushThatLokiTakesWhateverIsLogged(String hostile) throws LokiPushes.Refused {
    String cut = hostile.substring(0, Math.min(hostile.length(), LogEntry.TEXT_CHARS_MAX + 1));
    LogEntry entry = entry(cut, new Pair("method", cut), new Pair(cut, cut));

    Entry read = read(List.of(stamped(0, entry))).getFirst();

    assertThat(read.line()).startsWith("2026-11-22T13:54:32.003Z INFO  fleet  ");
    assertThat(read.line() + read.metadata())
        .doesNotContainPattern("[\\p{Cntrl}\u0080-\u009f\u2028\u2029\u202e]");
  }

  @Test
  void theLargestBatchIsSmallerThanLokiTakes() throws LokiPushes.Refused {
    LokiQueue queue = LokiShipper.queue();
    Pair[] pairs =
        IntStream.range(0, 16)
            .mapToObj(i -> new Pair("k" + i, "\u2028".repeat(100)))
            .toArray(Pair[]::new);
    LogEntry worst = entry("\u2028".repeat(600), pairs);
    IntStream.range(0, 2_000).forEach(_ -> queue.offer(worst));

    List<Entry> entries = readBatch(queue);

    assertThat(entries).hasSizeGreaterThan(50);
  }

  private List<Entry> readBatch(LokiQueue queue) throws LokiPushes.Refused {
    try {
      return read(queue.take(0));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void timesRiseAlsoWhenTheClockWasSetBackBetween() throws LokiPushes.Refused {
    List<Stamped> batch = new ArrayList<>();
    batch.add(stamped(10, entry("a")));
    batch.add(stamped(0, entry("b")));
    batch.add(stamped(10, entry("c")));

    assertThat(read(batch).stream().map(e -> e.line().substring(38)))
        .containsExactly("b", "a", "c");
  }
}
