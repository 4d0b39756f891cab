package io.jethproxy.server;

import io.netty.channel.EventLoop;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compression of bodies, off the event loops. When the pool's queue is full, answers go out as they
 * are and compressed requests are refused.
 */
final class Gzip {

  private static final Logger LOG = LoggerFactory.getLogger(Gzip.class);

  static final byte[] NOTHING = new byte[0];

  /** Below this a packet carries it anyway. */
  static final int WORTH_IT_BYTES = 1_400;

  private final Executor pool;

  Gzip(Executor pool) {
    this.pool = pool;
  }

  /** What became of a compressed body. */
  sealed interface Inflated {
    @SuppressWarnings("ArrayRecordComponent") // one owner, never compared
    record Bytes(byte[] bytes) implements Inflated {}

    record TooLarge() implements Inflated {}

    record Broken() implements Inflated {}

    record Busy() implements Inflated {}

    record Failed(Throwable defect) implements Inflated {}
  }

  /** Whether an {@code Accept-Encoding} (lower case) takes gzip. */
  static boolean accepts(String acceptEncoding) {
    for (String part : acceptEncoding.split(",", 16)) {
      String coding = part.strip();
      if (coding.equals("gzip")) {
        return true;
      }
      if (coding.startsWith("gzip")) {
        return coding.matches("gzip\\s*;.*") && !coding.matches("gzip\\s*;\\s*q=0(\\.0*)?");
      }
    }
    return false;
  }

  void inflate(byte[] body, int bytesMax, EventLoop loop, Consumer<Inflated> then) {
    try {
      pool.execute(() -> {
        Inflated inflated = inflateOrFail(body, bytesMax);
        loop.execute(() -> then.accept(inflated));
      });
    } catch (RejectedExecutionException e) {
      then.accept(new Inflated.Busy());
    }
  }

  private static Inflated inflateOrFail(byte[] body, int bytesMax) {
    try {
      return inflate(body, bytesMax);
    } catch (Throwable defect) {
      return new Inflated.Failed(defect);
    }
  }

  static Inflated inflate(byte[] body, int bytesMax) {
    try (var in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      byte[] bytes = in.readNBytes(bytesMax + 1);
      return bytes.length > bytesMax ? new Inflated.TooLarge() : new Inflated.Bytes(bytes);
    } catch (IOException e) {
      return new Inflated.Broken();
    }
  }

  void deflate(HttpAnswer answer, EventLoop loop, Consumer<HttpAnswer> then) {
    try {
      pool.execute(() -> {
        HttpAnswer deflated = deflateOrNot(answer);
        loop.execute(() -> then.accept(deflated));
      });
    } catch (RejectedExecutionException e) {
      then.accept(answer);
    }
  }

  private static HttpAnswer deflateOrNot(HttpAnswer answer) {
    try {
      return deflate(answer);
    } catch (Throwable defect) {
      LOG.atError().setCause(defect).log("an answer was not compressed");
      return answer;
    }
  }

  private static HttpAnswer deflate(HttpAnswer answer) {
    var bytes = new ByteArrayOutputStream(answer.payload().length() / 4 + 64);
    try (var out = new Fast(bytes)) {
      for (var part : answer.payload().parts()) {
        out.write(part.bytes(), part.from(), part.length());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    List<String> headers = new ArrayList<>(answer.headers());
    headers.add("content-encoding: gzip");
    headers.add("vary: accept-encoding");
    return new HttpAnswer(
        answer.status(),
        answer.contentType(),
        headers,
        Payload.of(bytes.toByteArray()),
        answer.then());
  }

  private static final class Fast extends GZIPOutputStream {
    Fast(ByteArrayOutputStream out) throws IOException {
      super(out, 8 * 1024);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
