package io.jethproxy.app;

import io.jethproxy.call.Ticker;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Passes on what is told of a network at most once in a while; the rest is dropped. From any
 * thread; remembers one moment for each network.
 */
final class AtMost implements LongConsumer {

  private final Ticker ticker;
  private final long pauseNanos;
  private final LongConsumer then;
  private final Map<Long, AtomicLong> toldNanos = new ConcurrentHashMap<>();

  AtMost(Ticker ticker, long pauseNanos, LongConsumer then) {
    this.ticker = ticker;
    this.pauseNanos = pauseNanos;
    this.then = then;
  }

  @Override
  public void accept(long chainId) {
    long now = ticker.nanos();
    AtomicLong last = toldNanos.computeIfAbsent(chainId, _ -> new AtomicLong(now - pauseNanos));
    long before = last.get();
    if (now - before >= pauseNanos && last.compareAndSet(before, now)) {
      then.accept(chainId);
    }
  }
}
