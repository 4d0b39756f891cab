package io.jethproxy.testing;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;

/** What a peer says, counted, and whether its reader waits for more. */
final class HeardStream extends FilterInputStream {

  private final AtomicLong heard;
  private volatile boolean waits;

  /**
   * @param heard counts the bytes
   */
  HeardStream(InputStream in, AtomicLong heard) {
    super(in);
    this.heard = heard;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    waits = true;
    int read = in.read(bytes, from, length);
    heard.addAndGet(Math.max(1, read));
    waits = false;
    return read;
  }

  /** Whether all that was said is read. */
  boolean isHeardOut() {
    try {
      return waits && in.available() == 0;
    } catch (IOException closed) {
      return true; // by whoever resets the connection
    }
  }
}
