package io.jethproxy.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * What comes from one client: has frames read while there is a wish for more, and compressed
 * messages inflated. What is read of the socket and not wished for yet, one read of it, is kept.
 * Used on the connection's event loop only.
 */
final class Intake {

  private static final String NO_MEMORY = "the gateway is full (limit: bytes of requests at once)";

  private final WebSocketConnection connection;
  private final FrameReader reader;
  private final Compression compression;
  private final ByteBudget received;
  private final int messageBytesMax;
  private @Nullable ByteBuf unread;
  private boolean reading;
  private boolean inflating;

  /** Since when a message has been coming; meaningless when none is. */
  private long messageSinceNanos;

  private boolean midway;

  Intake(
      WebSocketConnection connection,
      FrameReader reader,
      Connections connections,
      int messageBytesMax) {
    this.connection = connection;
    this.reader = reader;
    this.compression = connections.compression();
    this.received = connections.received();
    this.messageBytesMax = messageBytesMax;
  }

  /** Takes what came, to be read now or later. */
  void take(ByteBuf bytes, ByteBufAllocator allocator) {
    ByteBuf before = unread;
    unread = before == null ? bytes : joined(before, bytes, allocator);
    readOn();
  }

  private static ByteBuf joined(ByteBuf before, ByteBuf bytes, ByteBufAllocator allocator) {
    ByteBuf both = allocator.buffer(before.readableBytes() + bytes.readableBytes());
    both.writeBytes(before).writeBytes(bytes);
    before.release();
    bytes.release();
    return both;
  }

  /** Reads on as far as is wished; a loop and no recursion, for answers may come meanwhile. */
  void readOn() {
    if (reading) {
      return;
    }
    boolean some = unread != null;
    reading = true;
    try {
      for (ByteBuf in = unread; in != null && !isHeldUp(); in = unread) {
        Heard heard = connection.isHearing() ? reader.next(in) : null;
        if (heard == null) {
          unread = null;
          in.release();
        } else {
          hear(heard);
        }
      }
    } catch (Throwable defect) {
      connection.broke(defect);
    }
    reading = false;
    look();
    connection.wishForMore(unread == null && !isHeldUp());
    if (some) {
      connection.readEnds();
    }
  }

  /** Whether a message is coming; not if what is here of it waits, for then we do not listen. */
  private void look() {
    boolean wasMidway = midway;
    midway = unread == null && reader.isMidway();
    if (midway && !wasMidway) {
      messageSinceNanos = connection.now();
    }
  }

  /** Whether what comes must wait. */
  boolean isHeldUp() {
    return inflating || connection.isBusy();
  }

  private void hear(Heard heard) {
    midway &= reader.isMidway(); // what comes next comes from now on
    if (heard instanceof Heard.Message(var bytes, var deflated) && deflated) {
      inflate(bytes);
    } else {
      connection.hear(heard);
    }
  }

  private void inflate(byte[] message) {
    inflating = true;
    compression.inflate(
        message,
        messageBytesMax,
        inflated -> {
          inflating = false;
          received.giveBack(message.length);
          if (connection.isHearing()) {
            connection.hear(judged(inflated));
            readOn();
          }
        });
  }

  private Heard judged(Gzip.Inflated inflated) {
    return switch (inflated) {
      case Gzip.Inflated.Bytes(var bytes) ->
          !Utf8Text.isWholly(bytes, 0, bytes.length)
              ? new Heard.Breach(CloseCode.NOT_UTF8, "message: not UTF-8")
              : received.take(bytes.length)
                  ? new Heard.Message(bytes, false)
                  : new Heard.Breach(CloseCode.LATER, NO_MEMORY);
      case Gzip.Inflated.TooLarge() ->
          new Heard.Breach(
              CloseCode.TOO_BIG, "message: too large (expected: at most " + messageBytesMax + ")");
      case Gzip.Inflated.Broken() ->
          new Heard.Breach(CloseCode.NOT_UTF8, "message: not compressed, as it says");
      case Gzip.Inflated.Busy() ->
          new Heard.Breach(
              CloseCode.LATER, "the gateway is full (limit: compressed messages at once)");
      case Gzip.Inflated.Failed(var defect) -> {
        connection.broke(defect);
        yield new Heard.Pong(); // nothing more is heard
      }
    };
  }

  /** How long the client has been sending a message; 0 when it sends none. */
  long messageNanos(long nowNanos) {
    return midway && !isHeldUp() ? nowNanos - messageSinceNanos : 0;
  }

  /** Bytes that the unfinished message takes. */
  int heldBytes() {
    return reader.heldBytes();
  }

  /** Forgets what is unfinished; what comes later is still read. */
  void forget() {
    reader.drop();
  }

  /** Forgets everything. */
  void drop() {
    reader.drop();
    ByteBuf rest = unread;
    unread = null;
    if (rest != null) {
      rest.release();
    }
  }
}
