package io.jethproxy.server;

import io.jethproxy.call.Line;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket, from its upgrade to its end: brings what comes to the {@link Intake}, messages to
 * the {@link Conversation}, and decides how it ends. When too much is under way it reads no
 * further. Used on its event loop only.
 */
final class WebSocketConnection extends ChannelInboundHandlerAdapter implements ClientConnection {

  private static final byte[] NOTHING = new byte[0];

  private enum State {
    OPEN,
    /** Our close is on its way; only the client's is waited for. */
    GOODBYE,
    /** Nothing that comes is heard any more. */
    LEAVING,
    GONE
  }

  private final Listener listener;
  private final Connections connections;
  private final Channel channel;
  private final SocketAddress client;
  private final WebSocketLimits limits;
  private final Outbox outbox;
  private final Pongs pongs;
  private final ClientLine line;
  private final Intake intake;
  private final Conversation conversation;
  private final Pulse pulse;
  private final Stall stall = new Stall();
  private State state = State.OPEN;
  private Parting parting = Parting.GONE;
  private @Nullable Goodbye goodbye;
  private boolean reading;

  /** The gateway stops: only what is under way is answered. */
  private boolean finishing;

  WebSocketConnection(
      Listener listener, Connections connections, Channel channel, HttpAnswer.Then.Switch agreed) {
    this.listener = listener;
    this.connections = connections;
    this.channel = channel;
    this.client = channel.remoteAddress();
    this.limits = listener.webSocketLimits();
    this.outbox = new Outbox(channel, connections.unsent());
    this.pongs = new Pongs(channel, outbox);
    this.line =
        new ClientLine(
            this,
            outbox,
            limits.unsentBytesMax(),
            listener.webSocketCounts(),
            connections.stencil());
    MessageBuffer message = new MessageBuffer(limits.messageBytesMax(), connections.received());
    this.intake =
        new Intake(
            this,
            new FrameReader(agreed.deflates(), message),
            connections,
            limits.messageBytesMax());
    this.conversation =
        new Conversation(this, agreed, outbox, line, connections, listener.webSocketCounts());
    this.pulse = new Pulse(now());
  }

  long now() {
    return listener.ticker().nanos();
  }

  // Hearing.

  /** The connection is open, and what came with the request for it is read. */
  void begin() {
    intake.readOn();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    reading = true;
    pulse.beats(now());
    if (isHearing()) {
      intake.take((ByteBuf) message, channel.alloc());
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    reading = false;
    readEnds();
  }

  /** All that came at once is read, or what of it had to wait. */
  void readEnds() {
    if (!reading) {
      if (state == State.OPEN) {
        pongs.readEnds();
      }
      channel.flush();
    }
  }

  /** Whether what comes is understood. */
  boolean isHearing() {
    return state == State.OPEN || state == State.GOODBYE;
  }

  /** Whether enough is under way for now. */
  boolean isBusy() {
    return state == State.OPEN && (finishing || conversation.calls() >= limits.callsMax());
  }

  void wishForMore(boolean wished) {
    if (isHearing()) {
      channel.config().setAutoRead(wished);
    }
  }

  /** Something whole was said; messages are inflated. */
  void hear(Heard heard) {
    switch (heard) {
      case Heard.Message(var bytes, var _) -> {
        if (state == State.OPEN) {
          conversation.ask(bytes);
        } else {
          connections.received().giveBack(bytes.length);
        }
      }
      case Heard.Ping(var payload) -> {
        if (state == State.OPEN) {
          pongs.pinged(payload);
        }
      }
      case Heard.Pong() -> {}
      case Heard.Close(var code) -> leave(code);
      case Heard.Breach(var code, var reason) -> breach(code, reason, Parting.of(code));
    }
  }

  // Saying.

  /** The answer to a message is written. */
  void answered() {
    if (finishing && conversation.isEmpty()) {
      line.endAtPosition(Line.End.DRAINING, "restarting");
    }
    intake.readOn();
  }

  /** Sends what is written, now or when all that came at once is read. */
  void flush() {
    if (!reading) {
      channel.flush();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    outbox.settle();
    if (channel.isWritable() && state != State.GONE) {
      if (state == State.OPEN) {
        pongs.goOn();
      }
      outbox.goOn();
      flush();
      if (state == State.OPEN) {
        line.goOn();
      }
    }
  }

  /** A defect of one who listens is not to cost the others anything. */
  void orDefect(Runnable action) {
    try {
      action.run();
    } catch (Throwable defect) {
      listener.defect(defect);
    }
  }

  // Ending.

  /** Closes behind what waits for the client. */
  void end(Line.End why, String reason) {
    switch (why) {
      case SLOW -> sayGoodbye(CloseCode.LATER, reason, Parting.SLOW, Goodbye.usual(now()));
      case LOST -> sayGoodbye(CloseCode.LATER, reason, Parting.LOST, Goodbye.usual(now()));
      case DRAINING -> {
        sayGoodbye(CloseCode.RESTART, reason, Parting.DRAINING, Goodbye.draining(now()));
        long patience = TimeUnit.MILLISECONDS.toNanos(WebSocketLimits.DRAIN_MILLIS);
        listener.ticker().alarm(patience, () -> sweep(now()));
      }
    }
  }

  private void sayGoodbye(int code, String reason, Parting why, Goodbye patience) {
    if (state != State.OPEN) {
      return;
    }
    state = State.GOODBYE;
    parting = why;
    goodbye = patience;
    stall.moves(now());
    endCalls();
    outbox.closeAtLast(Frame.closing(code, reason));
    flush();
    outbox.stands(); // so that the next look knows what has waited since now
    patience.look(outbox.unsentBytes(), now());
    channel.config().setAutoRead(true);
    line.ended();
  }

  private void endCalls() {
    intake.forget();
    conversation.end();
  }

  /** The client closes: what waits for it is of no use any more. */
  private void leave(int code) {
    boolean said = state == State.GOODBYE && !outbox.isQueued();
    beginLeaving(Parting.CLIENT);
    if (!said) {
      outbox.control(Frame.CLOSE, code == CloseCode.NONE ? NOTHING : Frame.closing(code, ""));
    }
    outbox.whenSent(channel::close);
    line.ended();
  }

  /** Says what was wrong, and waits for the client to hear it before the connection goes. */
  private void breach(int code, String reason, Parting why) {
    if (state == State.GOODBYE) {
      state = State.LEAVING; // what waits for the client is sent all the same, and our goodbye
      channel.config().setAutoRead(true);
      return;
    }
    if (state != State.OPEN) {
      channel.close();
      return;
    }
    beginLeaving(why);
    outbox.control(Frame.CLOSE, Frame.closing(code, reason));
    outbox.whenSent(this::linger);
    line.ended();
  }

  /** What nobody foresaw. */
  void broke(Throwable defect) {
    listener.defect(defect);
    breach(CloseCode.DEFECT, "internal error of the gateway", Parting.DEFECT);
  }

  private void beginLeaving(Parting why) {
    if (state == State.OPEN) {
      parting = why;
    }
    state = State.LEAVING;
    goodbye = Goodbye.usual(now());
    endCalls();
    outbox.drop();
  }

  /**
   * As over HTTP: a connection closed while bytes come in is reset, and the client hears nothing.
   */
  private void linger() {
    if (channel.isActive()) {
      channel.config().setAutoRead(true);
      ((DuplexChannel) channel).shutdownOutput();
    }
  }

  private void drop(Parting why) {
    if (state == State.OPEN) {
      parting = why;
    }
    channel.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    state = State.GONE;
    intake.drop();
    conversation.end();
    outbox.drop();
    connections.remove(this);
    listener.seats().leave(client);
    listener.webSocketCounts().ended(parting);
    line.ended();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException)) {
      listener.defect(cause);
    }
    channel.close();
  }

  @Override
  public void drain() {
    if (state != State.OPEN || finishing) {
      return;
    }
    finishing = true;
    if (conversation.isEmpty()) {
      line.endAtPosition(Line.End.DRAINING, "restarting");
    } else {
      wishForMore(false);
    }
  }

  @Override
  public void close() {
    channel.close();
  }

  // What the sweep does.

  @Override
  public void sweep(long nowNanos) {
    outbox.settle();
    if (outbox.stands()) {
      stall.stands(nowNanos);
    } else {
      stall.moves(nowNanos);
    }
    Goodbye patience = goodbye;
    if (patience != null) {
      if (patience.isOver(outbox.unsentBytes(), stall.nanos(), nowNanos)) {
        channel.close();
      }
    } else if (listener.isStopped()) {
      drain();
    } else {
      sweepOpen(nowNanos);
    }
  }

  private void sweepOpen(long nowNanos) {
    if (intake.isHeldUp()) {
      pulse.beats(nowNanos); // we do not listen
    }
    if (pulse.isLost(nowNanos) || millis(stall.nanos()) >= WebSocketLimits.SILENCE_MILLIS) {
      drop(Parting.SILENT);
    } else if (millis(intake.messageNanos(nowNanos)) > listener.limits().bodyMillis()) {
      breach(
          CloseCode.POLICY,
          "message: too slow (expected: whole within " + listener.limits().bodyMillis() + " ms)",
          Parting.LATE);
    } else if (pulse.isPingDue(nowNanos)) {
      outbox.control(Frame.PING, NOTHING);
      channel.flush();
    }
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }

  @Override
  public long bodyNanos(long nowNanos) {
    boolean held = state == State.OPEN && !reading && intake.heldBytes() > 0;
    return held ? intake.messageNanos(nowNanos) : 0;
  }

  @Override
  public void giveUpBody() {
    breach(CloseCode.LATER, "the gateway is full (limit: bytes of requests at once)", Parting.FULL);
  }

  @Override
  public long stalledNanos() {
    return outbox.heldBytes() > 0 ? stall.nanos() : 0;
  }

  @Override
  public void giveUpAnswer() {
    drop(Parting.SLOW);
    outbox.drop();
  }
}
