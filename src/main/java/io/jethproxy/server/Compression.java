package io.jethproxy.server;

import io.netty.channel.EventLoop;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compresses messages for the WebSockets of one loop: small ones at once, at some tenths of a
 * millisecond at most, larger ones on the pool. When the pool's queue is full, answers go out as
 * they are and larger compressed messages are refused. Used on its loop only.
 */
final class Compression {

  private static final Logger LOG = LoggerFactory.getLogger(Compression.class);

  private static final int INFLATED_ON_LOOP_MAX = 64 * 1024;
  private static final int DEFLATED_ON_LOOP_MAX = 16 * 1024;

  private final Executor pool;
  private final EventLoop loop;
  private @Nullable MessageDeflate ofLoop;

  Compression(Executor pool, EventLoop loop) {
    this.pool = pool;
    this.loop = loop;
  }

  private MessageDeflate ofLoop() {
    MessageDeflate made = ofLoop;
    if (made == null) {
      made = new MessageDeflate();
      ofLoop = made;
    }
    return made;
  }

  /**
   * Inflates a message.
   *
   * @param then called on the loop, perhaps at once
   */
  void inflate(byte[] message, int bytesMax, Consumer<Gzip.Inflated> then) {
    if (message.length <= DEFLATED_ON_LOOP_MAX) {
      int few = Math.min(bytesMax, INFLATED_ON_LOOP_MAX);
      Gzip.Inflated inflated = ofLoop().inflate(message, few);
      if (few == bytesMax || !(inflated instanceof Gzip.Inflated.TooLarge)) {
        then.accept(inflated);
        return;
      }
    }
    try {
      pool.execute(() -> {
        Gzip.Inflated inflated = inflateOrFail(message, bytesMax);
        loop.execute(() -> then.accept(inflated));
      });
    } catch (RejectedExecutionException e) {
      then.accept(new Gzip.Inflated.Busy());
    }
  }

  private static Gzip.Inflated inflateOrFail(byte[] message, int bytesMax) {
    try (MessageDeflate own = new MessageDeflate()) {
      return own.inflate(message, bytesMax);
    } catch (Throwable defect) {
      return new Gzip.Inflated.Failed(defect);
    }
  }

  /**
   * Compresses a message.
   *
   * @param then called on the loop, perhaps at once
   */
  void deflate(Payload message, Consumer<Outbox.Message> then) {
    if (message.length() <= DEFLATED_ON_LOOP_MAX) {
      then.accept(new Outbox.Message.Deflated(ofLoop().deflate(message)));
      return;
    }
    try {
      pool.execute(() -> {
        Outbox.Message deflated = deflatedOrNot(message);
        loop.execute(() -> then.accept(deflated));
      });
    } catch (RejectedExecutionException e) {
      then.accept(new Outbox.Message.Plain(message));
    }
  }

  private static Outbox.Message deflatedOrNot(Payload message) {
    try (MessageDeflate own = new MessageDeflate()) {
      return new Outbox.Message.Deflated(own.deflate(message));
    } catch (Throwable defect) {
      LOG.atError().setCause(defect).log("an answer was not compressed");
      return new Outbox.Message.Plain(message);
    }
  }

  /** Frees what the loop has of it. */
  void close() {
    MessageDeflate made = ofLoop;
    ofLoop = null;
    if (made != null) {
      made.close();
    }
  }
}
