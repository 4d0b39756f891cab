package io.jethproxy.server;

import io.jethproxy.rpc.RawJson;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What one WebSocket is sent, in order. Answers are handed to the socket as the client takes them,
 * a large one in fragments, so that a client that does not read costs references and not copies.
 * What is told unasked is copied, at once or when the client does not take it at once; {@link
 * #toldBytes} says how much of it waits. Nothing is flushed here. Used on the connection's event
 * loop only.
 */
final class Outbox {

  static final int FRAGMENT_BYTES = AnswerWriter.PIECE_BYTES;

  /** So much may wait in the socket's own buffer before it is taken from the budget. */
  private static final int UNCOUNTED_BYTES = 128 * 1024;

  private final Channel channel;
  private final ByteBudget budget;
  private final ArrayDeque<Waiting> queue = new ArrayDeque<>(0);
  private long waitingFrameBytes;
  private long waitingAnswerBytes;
  private long taken;

  /** What the client was to take next at the last look, and how much of it it had taken. */
  private @Nullable Object nextToTake;

  private long nextTakenBytes;

  private sealed interface Waiting {}

  /** Ready to be sent. */
  private record Whole(ByteBuf frame) implements Waiting {}

  /** Brought into frames when its turn comes. */
  private static final class Answer implements Waiting {
    final Payload.Rest rest;
    final Runnable written;
    int first;

    Answer(Message message, Runnable written) {
      this.rest = new Payload.Rest(message.payload());
      this.first = message.firstByte();
      this.written = written;
    }
  }

  /** A message, as it goes over the wire. */
  sealed interface Message {
    Payload payload();

    int firstByte();

    record Plain(Payload payload) implements Message {
      @Override
      public int firstByte() {
        return Frame.TEXT;
      }
    }

    record Deflated(Payload payload) implements Message {
      @Override
      public int firstByte() {
        return Frame.TEXT | Frame.DEFLATED;
      }
    }
  }

  Outbox(Channel channel, ByteBudget budget) {
    this.channel = channel;
    this.budget = budget;
  }

  /** Whether there is room for an answer until its client has taken it. */
  boolean hasRoomFor(Payload answer) {
    if (goesAtOnce(answer)) {
      return true;
    }
    if (!budget.take(answer.length())) {
      return false;
    }
    budget.giveBack(answer.length());
    return true;
  }

  private boolean goesAtOnce(Payload answer) {
    return queue.isEmpty() && channel.isWritable() && answer.length() <= FRAGMENT_BYTES;
  }

  /**
   * Sends an answer.
   *
   * @param written run when the whole of it is written, which may be now; never if the client goes
   *     before
   */
  void answer(Message message, Runnable written) {
    if (goesAtOnce(message.payload())) {
      Payload.Rest rest = new Payload.Rest(message.payload());
      channel.write(
          frame(Frame.FIN | message.firstByte(), rest, rest.left()), channel.voidPromise());
      written.run();
    } else {
      waitingAnswerBytes += message.payload().length();
      queue.add(new Answer(message, written));
      goOn();
      settle();
    }
  }

  /**
   * Tells something in one frame.
   *
   * @return false, and nothing is sent, when there is no memory for more
   */
  boolean tell(byte[] head, RawJson body, byte[] tail) {
    int length = head.length + body.length() + tail.length;
    if (!reserve(Frame.HEAD_BYTES_MAX + length)) {
      return false;
    }
    ByteBuf frame = channel.alloc().ioBuffer(Frame.HEAD_BYTES_MAX + length);
    Frame.writeHead(frame, Frame.FIN | Frame.TEXT, length);
    frame.writeBytes(head);
    frame.writeBytes(body.bytes(), body.from(), body.length());
    frame.writeBytes(tail);
    send(frame);
    return taken == 0 || settle();
  }

  /**
   * Tells whole frames that others are told as well. While nothing waits before them they go to the
   * socket from where they are, and only what it does not take is copied and waits: most of what a
   * notice costs beside the kernel is saved so.
   *
   * @param frames not read from, and not kept
   * @return false, and nothing is sent, when there is no memory for more
   */
  boolean tellShared(ByteBuf frames) {
    if (!reserve(frames.readableBytes())) {
      return false;
    }
    int sent = sentAtOnce(frames);
    int left = frames.readableBytes() - sent;
    if (left > 0) {
      ByteBuf rest = channel.alloc().ioBuffer(left);
      send(rest.writeBytes(frames, frames.readerIndex() + sent, left));
    }
    return taken == 0 || settle();
  }

  /** Takes from the budget what so much more may need of it. */
  private boolean reserve(int bytes) {
    long more = Math.max(0, unsentBytes() + bytes - UNCOUNTED_BYTES) - taken;
    if (more > 0 && !budget.take(more)) {
      return false;
    }
    taken += Math.max(0, more);
    return true;
  }

  /** How many bytes the socket has taken; none where that is not for us to do. */
  private int sentAtOnce(ByteBuf frames) {
    ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
    boolean isFirst = queue.isEmpty() && outbound != null && outbound.totalPendingWriteBytes() == 0;
    if (isFirst
        && frames.hasMemoryAddress()
        && channel instanceof EpollSocketChannel epoll
        && epoll.isActive()
        && epoll.fd() instanceof Socket socket) {
      try {
        return Math.max(
            0,
            socket.sendAddress(frames.memoryAddress(), frames.readerIndex(), frames.writerIndex()));
      } catch (IOException broken) {
        return 0; // the channel meets the same with what waits then, and closes
      }
    }
    return 0;
  }

  private void send(ByteBuf frame) {
    if (queue.isEmpty()) {
      channel.write(frame, channel.voidPromise());
    } else {
      waitingFrameBytes += frame.readableBytes();
      queue.add(new Whole(frame));
    }
  }

  /** Sends a control frame, ahead of what waits for its turn. */
  void control(int opcode, byte[] payload) {
    channel.write(controlFrame(opcode, payload), channel.voidPromise());
  }

  /** Sends a close frame behind all that waits. */
  void closeAtLast(byte[] payload) {
    send(controlFrame(Frame.CLOSE, payload));
  }

  private ByteBuf controlFrame(int opcode, byte[] payload) {
    ByteBuf frame = channel.alloc().ioBuffer(2 + payload.length);
    Frame.writeHead(frame, Frame.FIN | opcode, payload.length);
    return frame.writeBytes(payload);
  }

  /** Hands on what the client takes. */
  void goOn() {
    while (channel.isWritable()) {
      switch (queue.peek()) {
        case null -> {
          return;
        }
        case Whole(var frame) -> {
          queue.remove();
          waitingFrameBytes -= frame.readableBytes();
          channel.write(frame, channel.voidPromise());
        }
        case Answer answer -> writeNextOf(answer);
      }
    }
  }

  private void writeNextOf(Answer answer) {
    int bytes = Math.min(answer.rest.left(), FRAGMENT_BYTES);
    boolean last = bytes == answer.rest.left();
    ByteBuf frame = frame((last ? Frame.FIN : 0) | answer.first, answer.rest, bytes);
    answer.first = Frame.CONTINUATION;
    waitingAnswerBytes -= bytes;
    channel.writeAndFlush(frame, channel.voidPromise());
    if (last) {
      queue.remove();
      answer.written.run();
    }
  }

  private ByteBuf frame(int first, Payload.Rest rest, int bytes) {
    ByteBuf frame = channel.alloc().ioBuffer(Frame.HEAD_BYTES_MAX + bytes);
    try {
      Frame.writeHead(frame, first, bytes);
      rest.writeTo(frame, bytes);
      return frame;
    } catch (Throwable defect) {
      frame.release();
      throw defect;
    }
  }

  /** Takes what waits from the budget, or gives back what has gone; false when it has not that. */
  boolean settle() {
    long more = countedBytes() - taken;
    if (more > 0 && !budget.take(more)) {
      return false;
    }
    budget.giveBack(-more); // nothing if more was taken
    taken += more; // to take may have dropped all of this: then no more than that is taken
    return true;
  }

  private long countedBytes() {
    return Math.max(0, unsentBytes() - UNCOUNTED_BYTES);
  }

  /** Bytes that were told, ready to be sent, and not taken by the client; answers only in part. */
  long toldBytes() {
    return socketBytes() + waitingFrameBytes;
  }

  /** Whether there is nothing that a flush would send. */
  boolean isClear() {
    return socketBytes() == 0;
  }

  /** Whether something waits for its turn. */
  boolean isQueued() {
    return !queue.isEmpty();
  }

  /** All bytes that wait for the client. */
  long unsentBytes() {
    return toldBytes() + waitingAnswerBytes;
  }

  /** Whether the client has taken nothing since the last look, although something waits for it. */
  boolean stands() {
    ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
    Object next = outbound == null ? null : outbound.current();
    long nextTaken = next == null ? 0 : outbound.currentProgress();
    boolean same = next != null && isSame(next, nextToTake) && nextTaken == nextTakenBytes;
    nextToTake = next;
    nextTakenBytes = nextTaken;
    return same;
  }

  @SuppressWarnings("ReferenceEquality") // this very one: equal ones follow each other
  private static boolean isSame(Object next, @Nullable Object before) {
    return next == before;
  }

  private long socketBytes() {
    ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
    return outbound == null ? 0 : outbound.totalPendingWriteBytes() - outbound.currentProgress();
  }

  /** Bytes beyond the few that every connection may leave waiting. */
  long heldBytes() {
    return taken;
  }

  /** Forgets what waits for its turn; what the socket has is held until the client takes it. */
  void drop() {
    for (Waiting each = queue.poll(); each != null; each = queue.poll()) {
      if (each instanceof Whole(var frame)) {
        frame.release();
      }
    }
    waitingFrameBytes = 0;
    waitingAnswerBytes = 0;
    long left = Math.min(taken, countedBytes());
    budget.giveBack(taken - left);
    taken = left;
  }

  /** Runs the action when everything that was written is sent. */
  void whenSent(Runnable action) {
    channel
        .writeAndFlush(channel.alloc().ioBuffer(0))
        .addListener((ChannelFutureListener) sent -> action.run());
  }
}
