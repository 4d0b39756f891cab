package io.jethproxy.call;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happened to one call, written along the way and read by observers at the end. Written by the
 * call's own loop only; not thread-safe.
 */
public final class Journal {

  /**
   * One try at one provider.
   *
   * @param provider the provider's id
   * @param trouble why it did not serve; null when it did
   * @param nanos from sending to the complete answer
   * @param hedge whether it was started while another was pending
   * @param startNanos when it was sent, in the time of the {@link Ticker}; 0 without a span
   * @param spanId its span in the call's trace; empty when it has none
   */
  public record Entry(
      String provider,
      @Nullable Trouble trouble,
      long nanos,
      boolean hedge,
      long startNanos,
      String spanId) {

    /** Without a span. */
    public Entry(String provider, @Nullable Trouble trouble, long nanos, boolean hedge) {
      this(provider, trouble, nanos, hedge, 0, "");
    }
  }

  private final long startNanos;
  private final long number;
  private final TraceContext trace;
  private List<Entry> entries = List.of();
  private List<Entry> outlived = List.of();
  private String servedBy = "";
  private int hedges;

  /**
   * @param startNanos when the call came, in the time of the {@link Ticker}
   * @param number tells the calls of this process apart
   */
  public Journal(long startNanos, long number) {
    this(startNanos, number, TraceContext.NONE);
  }

  /** Of a call that belongs to a trace. */
  public Journal(long startNanos, long number, TraceContext trace) {
    this.startNanos = startNanos;
    this.number = number;
    this.trace = trace;
  }

  /** The call's id in errors and logs. */
  public String requestId() {
    return Long.toHexString(number);
  }

  public long startNanos() {
    return startNanos;
  }

  /** Where the call stands in a trace. */
  public TraceContext trace() {
    return trace;
  }

  public void attempt(Entry entry) {
    if (entries.isEmpty()) {
      entries = new ArrayList<>(2);
    }
    entries.add(entry);
  }

  /** The attempts that ended before the call did, in order of their end. */
  public List<Entry> attempts() {
    return entries;
  }

  /** An attempt that was still under way when the call ended; kept for its span, if it has one. */
  public void outlived(Entry entry) {
    if (entry.spanId().isEmpty()) {
      return;
    }
    if (outlived.isEmpty()) {
      outlived = new ArrayList<>(2);
    }
    outlived.add(entry);
  }

  /** The attempts with a span that were still under way when the call ended. */
  public List<Entry> outlived() {
    return outlived;
  }

  /** A second provider was asked while the first was pending, whoever wins. */
  public void hedged() {
    hedges++;
  }

  public int hedges() {
    return hedges;
  }

  /** Names the stage or provider whose outcome the client got. */
  public void servedBy(String by) {
    servedBy = by;
  }

  public String servedBy() {
    return servedBy;
  }
}
