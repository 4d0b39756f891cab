package io.jethproxy.observe;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where lines end up. Used by one writer thread only; may block it. */
interface LogSink extends AutoCloseable {

  /** What the sink is, for people: {@code stdout}, or the file's path. */
  String name();

  /**
   * Writes one whole line, its line feed included.
   *
   * @param epochMillis now, for what is checked once in a while
   */
  void write(ByteBuffer line, long epochMillis) throws IOException;

  @Override
  void close() throws IOException;
}
