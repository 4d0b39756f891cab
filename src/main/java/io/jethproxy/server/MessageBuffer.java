package io.jethproxy.server;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * A message that comes piece by piece, in one array. Memory follows what has come, at most doubled,
 * and not what was promised; nothing is held between two messages.
 */
final class MessageBuffer {

  private static final byte[] NOTHING = new byte[0];

  private final int bytesMax;
  private final ByteBudget budget;
  private byte[] bytes = NOTHING;
  private int length;

  MessageBuffer(int bytesMax, ByteBudget budget) {
    this.bytesMax = bytesMax;
    this.budget = budget;
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  /** Whether so many bytes more are a message that is not too large. */
  boolean isAllowed(long more) {
    return more <= bytesMax - length;
  }

  /** Bytes that are held, more or less filled. */
  int heldBytes() {
    return bytes.length;
  }

  /**
   * Adds what is allowed.
   *
   * @param whole the length of the message, if that is known; else the most that it may be
   * @return false when there is no memory for it
   */
  boolean add(ByteBuf in, int more, int whole) {
    if (bytes.length < length + more && !grow(length + more, whole)) {
      return false;
    }
    in.readBytes(bytes, length, more);
    length += more;
    return true;
  }

  private boolean grow(int needed, int whole) {
    int size = (int) Math.max(needed, Math.min(2L * bytes.length, whole));
    if (!budget.take(size - bytes.length)) {
      return false;
    }
    bytes = Arrays.copyOf(bytes, size);
    return true;
  }

  /** The message; whoever takes it gives back its bytes. */
  byte[] take() {
    byte[] whole = bytes.length == length ? bytes : Arrays.copyOf(bytes, length);
    budget.giveBack(bytes.length - length);
    forget();
    return whole;
  }

  void drop() {
    budget.giveBack(bytes.length);
    forget();
  }

  private void forget() {
    bytes = NOTHING;
    length = 0;
  }

  int bytesMax() {
    return bytesMax;
  }
}
