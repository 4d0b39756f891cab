package io.jethproxy.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Brings answers onto one connection: a usual one in one buffer, a large one piece by piece as the
 * client takes it, so that a client that does not read costs a piece and not a copy of it all. Used
 * on the connection's event loop only.
 */
final class AnswerWriter {

  static final int PIECE_BYTES = 256 * 1024;

  private final Channel channel;
  private final ByteBudget unsent;
  private final Stall stall = new Stall();

  /** What was unsent when the client last took something. */
  private long lookedBytes;

  private Payload.@Nullable Rest rest;
  private boolean begun;
  private int taken;

  AnswerWriter(Channel channel, ByteBudget unsent) {
    this.channel = channel;
    this.unsent = unsent;
  }

  /** Another answer is to come, of which nothing is written yet. */
  void expect() {
    begun = false;
  }

  /** Whether a part of the answer that was expected is written. */
  boolean hasBegun() {
    return begun;
  }

  /** Whether there is room for the answer until its client has taken it. */
  boolean hasRoomFor(HttpAnswer answer) {
    int bytes = answer.payload().length();
    if (bytes <= PIECE_BYTES) {
      return true;
    }
    if (!unsent.take(bytes)) {
      return false;
    }
    taken = bytes;
    return true;
  }

  /** Begins an answer that there is room for; {@link #isDone} says whether all of it is written. */
  void begin(HttpAnswer answer, Turn turn, boolean keepAlive) {
    Payload.Rest whole = new Payload.Rest(turn.bodiless() ? Payload.EMPTY : answer.payload());
    int first = Math.min(whole.left(), PIECE_BYTES);
    ByteBuf out = channel.alloc().ioBuffer(HttpHead.bytesMax(answer) + first);
    try {
      HttpHead.writeTo(out, answer, keepAlive, turn.http10());
      whole.writeTo(out, first);
    } catch (Throwable defect) {
      out.release();
      throw defect;
    }
    begun = true;
    rest = whole;
    channel.write(out, channel.voidPromise());
    goOn();
  }

  /** Writes on while the client takes it. */
  void goOn() {
    Payload.Rest now = rest;
    if (now == null) {
      return;
    }
    while (now.left() > 0 && channel.isWritable()) {
      ByteBuf piece = channel.alloc().ioBuffer(Math.min(now.left(), PIECE_BYTES));
      try {
        now.writeTo(piece, PIECE_BYTES);
      } catch (Throwable defect) {
        piece.release();
        throw defect;
      }
      channel.writeAndFlush(piece, channel.voidPromise());
    }
    if (now.left() == 0) {
      drop();
    } else {
      channel.flush();
    }
  }

  /** Whether nothing of an answer remains to be written; it may not be sent yet. */
  boolean isDone() {
    return rest == null;
  }

  /** Forgets what remains of an answer. */
  void drop() {
    rest = null;
    unsent.giveBack(taken);
    taken = 0;
  }

  /** Runs the action when everything that was written is sent. */
  void whenSent(Runnable action) {
    channel
        .writeAndFlush(channel.alloc().ioBuffer(0))
        .addListener((ChannelFutureListener) sent -> action.run());
  }

  /** Whether bytes wait for the client to take them. */
  boolean isUnsent() {
    return unsentBytes() > 0;
  }

  private long unsentBytes() {
    ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
    long waiting =
        outbound == null ? 0 : outbound.totalPendingWriteBytes() - outbound.currentProgress();
    return rest == null ? waiting : waiting + rest.left();
  }

  /** Looks how long the client has taken nothing; to be called now and then. */
  void look(long nowNanos) {
    long bytes = unsentBytes();
    if (bytes == 0 || bytes != lookedBytes) {
      lookedBytes = bytes;
      stall.moves(nowNanos);
    } else {
      stall.stands(nowNanos);
    }
  }

  /** How long the client had taken nothing when last looked. */
  long stalledNanos() {
    return stall.nanos();
  }

  /** Bytes of an answer that are not handed to the channel yet. */
  int heldBytes() {
    return taken;
  }
}
