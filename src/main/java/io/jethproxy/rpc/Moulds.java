package io.jethproxy.rpc;

import org.jspecify.annotations.Nullable;

/**
 * The forms of the elements of a list, a few of them: logs differ in their topics and in the length
 * of their data. Where there are too many for this to help, it soon gives up. For one thread at a
 * time.
 */
public final class Moulds {

  /** How many forms are known at once; the places are below it. */
  public static final int MOULDS_MAX = 8;

  /** Strangers that are learnt without having helped yet. */
  private static final int PATIENCE = 16;

  private final byte[] bytes;
  private final @Nullable Mould[] moulds = new Mould[MOULDS_MAX];
  private int known;
  private int oldest;

  /** The one that fitted last, or was learnt last. */
  private int current;

  private int fitted;
  private int learnt;

  /** Without any form yet. */
  public Moulds(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * The end of a value of a known form; negative when it may be none, or not be valid.
   *
   * @param limit what comes at or after it is not looked at
   */
  public int end(int start, int limit) {
    for (int i = 0, at = current; i < known; i++, at = at + 1 < known ? at + 1 : 0) {
      Mould mould = moulds[at];
      int end = mould == null ? -1 : mould.end(start, limit);
      if (end >= 0) {
        current = at;
        fitted++;
        return end;
      }
    }
    return -1;
  }

  /**
   * Learns the form of a value, in the place of the oldest; the place, or negative when the form is
   * of no use.
   *
   * @param start of an object or array that is known to be valid
   * @param end after its last byte
   */
  public int learn(int start, int end) {
    if (learnt > PATIENCE + fitted) {
      known = 0;
      return -1;
    }
    learnt++;
    int place = known < MOULDS_MAX ? known : oldest;
    Mould mould = moulds[place];
    if (mould == null) {
      mould = new Mould(bytes);
      moulds[place] = mould;
    }
    if (!mould.take(start, end)) {
      return -1;
    }
    if (known < MOULDS_MAX) {
      known++;
    } else {
      oldest = (oldest + 1) % MOULDS_MAX;
    }
    current = place;
    return place;
  }

  /** The place of the form that fitted last. */
  public int current() {
    return current;
  }

  /** As at first, but for what was learnt in vain. */
  void forget() {
    known = 0;
    oldest = 0;
    current = 0;
  }
}
