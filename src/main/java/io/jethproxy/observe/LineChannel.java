package io.jethproxy.observe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** A channel that keeps lines apart, also after a write that failed in the middle of one. */
final class LineChannel implements LogSink {

  private final String name;
  private final WritableByteChannel channel;
  private boolean torn;

  LineChannel(String name, WritableByteChannel channel) {
    this.name = name;
    this.channel = channel;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void write(ByteBuffer line, long epochMillis) throws IOException {
    if (torn) {
      writeFully(ByteBuffer.wrap(new byte[] {'\n'}));
      torn = false;
    }
    int from = line.position();
    try {
      writeFully(line);
    } catch (IOException failed) {
      torn = line.position() > from;
      throw failed;
    }
  }

  private void writeFully(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
