package io.jethproxy.server;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts what happens on the WebSockets of a listener; for all threads. */
public final class WebSocketCounts {

  final LongAdder messagesIn = new LongAdder();
  final LongAdder messagesOut = new LongAdder();
  private final LongAdder opened = new LongAdder();
  private final Map<Parting, LongAdder> ended = new ConcurrentHashMap<>();

  void opened() {
    opened.increment();
  }

  void ended(Parting parting) {
    ended.computeIfAbsent(parting, _ -> new LongAdder()).increment();
  }

  /** Open now, more or less. */
  public long open() {
    long gone = ended.values().stream().mapToLong(LongAdder::sum).sum();
    return Math.max(0, opened.sum() - gone);
  }

  /** Messages of clients. */
  public long messagesIn() {
    return messagesIn.sum();
  }

  /** Answers, and what was told unasked. */
  public long messagesOut() {
    return messagesOut.sum();
  }

  /** How many have ended, by why. */
  public Map<String, Long> ended() {
    Map<String, Long> byReason = new LinkedHashMap<>();
    for (Parting parting : Parting.values()) {
      LongAdder count = ended.get(parting);
      byReason.put(parting.label(), count == null ? 0 : count.sum());
    }
    return byReason;
  }
}
