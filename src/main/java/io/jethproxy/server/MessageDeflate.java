package io.jethproxy.server;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Compresses and inflates whole messages as RFC 7692, section 7.2, has it. Each message stands for
 * itself, so one of these serves any number of connections, one message at a time.
 */
final class MessageDeflate implements AutoCloseable {

  private static final int STEP_BYTES = 8 * 1024;

  /** What every compressed message ends with and no one sends. */
  private static final int TAIL_BYTES = 4;

  /** The tail, and an empty last block: the stream ends with it if it was whole. */
  private static final byte[] END = {0, 0, (byte) 0xff, (byte) 0xff, 3, 0};

  /** A sender may end its stream within a message; nobody has a reason to do so often. */
  private static final int STREAMS_MAX = 16;

  private @Nullable Inflater inflater;
  private @Nullable Deflater deflater;
  private final byte[] step = new byte[STEP_BYTES];

  private Inflater inflater() {
    Inflater made = inflater == null ? new Inflater(true) : inflater;
    inflater = made;
    made.reset();
    return made;
  }

  private Deflater deflater() {
    Deflater made = deflater == null ? new Deflater(Deflater.BEST_SPEED, true) : deflater;
    deflater = made;
    made.reset();
    return made;
  }

  /** Never {@link Gzip.Inflated.Busy}. */
  Gzip.Inflated inflate(byte[] message, int bytesMax) {
    Inflater inflater = inflater();
    ByteArrayOutputStream out =
        new ByteArrayOutputStream(Math.min(4 * message.length + 64, bytesMax));
    try {
      inflater.setInput(message);
      boolean ended = false;
      int streams = 1;
      while (true) {
        int count = inflater.inflate(step);
        out.write(step, 0, count);
        if (out.size() > bytesMax) {
          return new Gzip.Inflated.TooLarge();
        }
        if (inflater.finished()) {
          if (ended || inflater.getRemaining() == 0) {
            break;
          }
          if (++streams > STREAMS_MAX) {
            return new Gzip.Inflated.Broken();
          }
          int rest = inflater.getRemaining();
          inflater.reset();
          inflater.setInput(message, message.length - rest, rest);
        } else if (count == 0 && inflater.needsInput()) {
          if (ended) {
            return new Gzip.Inflated.Broken();
          }
          ended = true;
          inflater.setInput(END);
        } else if (count == 0) {
          return new Gzip.Inflated.Broken();
        }
      }
    } catch (DataFormatException e) {
      return new Gzip.Inflated.Broken();
    }
    return new Gzip.Inflated.Bytes(out.toByteArray());
  }

  Payload deflate(Payload message) {
    Deflater deflater = deflater();
    ByteArrayOutputStream out = new ByteArrayOutputStream(message.length() / 4 + 64);
    for (var part : message.parts()) {
      deflater.setInput(part.bytes(), part.from(), part.length());
      write(deflater, out, Deflater.NO_FLUSH);
    }
    write(deflater, out, Deflater.SYNC_FLUSH);
    byte[] bytes = out.toByteArray();
    return Payload.of(Arrays.copyOf(bytes, bytes.length - TAIL_BYTES));
  }

  private void write(Deflater deflater, ByteArrayOutputStream out, int flush) {
    int count;
    do {
      count = deflater.deflate(step, 0, step.length, flush);
      out.write(step, 0, count);
    } while (count == step.length);
  }

  @Override
  public void close() {
    if (inflater != null) {
      inflater.end();
      inflater = null;
    }
    if (deflater != null) {
      deflater.end();
      deflater = null;
    }
  }
}
