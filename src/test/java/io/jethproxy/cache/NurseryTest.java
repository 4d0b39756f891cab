package io.jethproxy.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class NurseryTest {

  private static final Validity FOR_GOOD = new Validity.Final(1, 0);

  private final AtomicLong forgottenBytes = new AtomicLong();
  private final AtomicLong evictions = new AtomicLong();
  private final Nursery nursery =
      new Nursery((_, bytes, evicted) -> {
        forgottenBytes.addAndGet(bytes);
        evictions.addAndGet(evicted);
      });

  private static Key key(int i) {
    Key key = Key.of(1, "eth_call", RawJson.of("[" + i + "]"));
    if (key == null) {
      throw new IllegalStateException("no key for " + i);
    }
    return key;
  }

  private static Entry entry(String result) {
    return Entry.of(RawJson.of(result), true, FOR_GOOD, "eth_call");
  }

  @Test
  void dropsTheOldestHalfToMakeRoom() {
    long room = 100_000;
    for (int i = 0; i < 5_000; i++) {
      nursery.put(key(i), entry("1"));
      nursery.shrinkTo(room);
      assertThat(nursery.bytes()).isLessThanOrEqualTo(room);
    }

    assertThat(nursery.bytes()).isGreaterThan(room / 3);
    assertThat(nursery.get(key(4_999))).isNotNull();
    assertThat(nursery.get(key(0))).isNull();
    assertThat(nursery.count() + evictions.get()).isEqualTo(5_000);
  }

  @Test
  void dropsAllWhenThereIsNoRoom() {
    nursery.put(key(1), entry("1"));

    nursery.shrinkTo(-1);

    assertThat(nursery.bytes()).isZero();
    assertThat(forgottenBytes.get()).isEqualTo(entry("1").bytes(key(1)));
  }

  @Test
  void countsAnAnswerInPlaceOfAnotherOnce() {
    nursery.put(key(1), entry("1"));
    nursery.put(key(1), entry("22"));

    assertThat(nursery.bytes()).isEqualTo(entry("22").bytes(key(1)));
    assertThat(evictions.get()).isZero();
    assertThat(forgottenBytes.get()).isEqualTo(entry("1").bytes(key(1)));
  }

  @Test
  void handsAnAnswerOverOnce() {
    Entry entry = entry("1");
    nursery.put(key(1), entry);

    assertThat(nursery.take(key(1), entry)).isTrue();
    assertThat(nursery.take(key(1), entry)).isFalse();
    assertThat(nursery.bytes()).isZero();
    assertThat(forgottenBytes.get()).isZero();
  }

  @Test
  void losesNoByteWhenThreadsPutAndDropAtOnce() throws InterruptedException {
    AtomicLong putBytes = new AtomicLong();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      int first = t * 5_000;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = first; i < first + 5_000; i++) {
                  putBytes.addAndGet(entry("1").bytes(key(i)));
                  nursery.put(key(i), entry("1"));
                  nursery.shrinkTo(20_000);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(nursery.bytes() + forgottenBytes.get()).isEqualTo(putBytes.get());
  }
}
