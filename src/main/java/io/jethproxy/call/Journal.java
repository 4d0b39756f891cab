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
   */
  public record Entry(String provider, @Nullable Trouble trouble, long nanos, boolean hedge) {}

  private final long startNanos;
  private final long number;
  private List<Entry> entries = List.of();
  private String servedBy = "";
  private int hedges;

  /**
   * @param startNanos when the call came, in the time of the {@link Ticker}
   * @param number tells the calls of this process apart
   */
  public Journal(long startNanos, long number) {
    this.startNanos = startNanos;
    this.number = number;
  }

  /** The call's id in errors and logs. */
  public String requestId() {
    return Long.toHexString(number);
  }

  public long startNanos() {
    return startNanos;
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
