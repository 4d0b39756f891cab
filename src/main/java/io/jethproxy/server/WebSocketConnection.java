package io.jethproxy.server;

import io.jethproxy.call.Line;
import io.jethproxy.call.Refusal;
import io.jethproxy.rpc.RawJson;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket: has frames read, the messages in them answered all at once, and the answers and
 * what is told sent. When too much is under way it reads no further. Used on its event loop only.
 */
final class WebSocketConnection extends ChannelInboundHandlerAdapter implements ClientConnection {

  /** Pings of one read that are answered each; of more, only the last. */
  private static final int PONGS_MAX = 64;

  /** With no more than this unsent, there is room for what may be much. */
  private static final int ROOMY_BYTES = 512 * 1024;

  /** Below this a packet carries it anyway. */
  private static final int DEFLATED_BYTES_MIN = 1_024;

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
  private final WebSocketLimits limits;
  private final HttpAnswer.Then.Switch agreed;
  private final FrameReader reader;
  private List<Runnable> roomy = List.of();
  private final Outbox outbox;
  private final ClientLine line = new ClientLine(this);
  private final Compression compression;
  private final SocketAddress client;
  private final Stall stall = new Stall();
  private final Set<Asked> open = new LinkedHashSet<>(0);
  private int callsOpen;
  private State state = State.OPEN;
  private Parting parting = Parting.GONE;
  private @Nullable Goodbye goodbye;

  /** What has come and is not read, because enough is under way. */
  private @Nullable ByteBuf unread;

  private boolean reading;
  private boolean hearing;
  private boolean inflating;
  private boolean finishing;
  private int pongs;
  private byte @Nullable [] pongDue;
  private long heardNanos;
  private long pingedNanos;

  /** Since when a message has been coming; meaningless when none is. */
  private long messageSinceNanos;

  private boolean midway;

  WebSocketConnection(
      Listener listener, Connections connections, Channel channel, HttpAnswer.Then.Switch agreed) {
    this.listener = listener;
    this.connections = connections;
    this.channel = channel;
    this.agreed = agreed;
    this.limits = listener.webSocketLimits();
    this.reader =
        new FrameReader(
            agreed.deflates(), new MessageBuffer(limits.messageBytesMax(), connections.received()));
    this.outbox = new Outbox(channel, connections.unsent());
    this.compression = connections.compression();
    this.client = channel.remoteAddress();
    this.heardNanos = listener.ticker().nanos();
    this.pingedNanos = heardNanos;
  }

  private long now() {
    return listener.ticker().nanos();
  }

  /** The connection is open, and what came before it was is read. */
  void begin() {
    readOn();
    if (!reading) {
      channel.flush();
    }
  }

  // Reading.

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    reading = true;
    heardNanos = now();
    if (state == State.LEAVING || state == State.GONE) {
      ReferenceCountUtil.release(message);
      return;
    }
    ByteBuf bytes = (ByteBuf) message;
    ByteBuf before = unread;
    unread = before == null ? bytes : joined(before, bytes);
    readOn();
  }

  private ByteBuf joined(ByteBuf before, ByteBuf bytes) {
    ByteBuf both = channel.alloc().buffer(before.readableBytes() + bytes.readableBytes());
    both.writeBytes(before).writeBytes(bytes);
    before.release();
    bytes.release();
    return both;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    reading = false;
    pongs = 0;
    byte[] pong = pongDue;
    if (pong != null && channel.isWritable() && state == State.OPEN) {
      pongDue = null;
      outbox.control(Frame.PONG, pong);
    }
    channel.flush();
  }

  /** A loop and no recursion: answers may come while messages are read. */
  private void readOn() {
    if (hearing) {
      return;
    }
    hearing = true;
    try {
      hearAll();
    } catch (Throwable defect) {
      listener.defect(defect);
      breach(CloseCode.DEFECT, "internal error of the gateway", Parting.DEFECT);
    }
    hearing = false;
    if (state == State.OPEN || state == State.GOODBYE) {
      channel.config().setAutoRead(unread == null && !isBusy());
    }
  }

  private void hearAll() {
    ByteBuf in = unread;
    while (in != null && !isBusy()) {
      Heard heard = isHeard() ? reader.next(in) : null;
      if (heard == null) {
        unread = null;
        in.release();
        noteMidway();
        return;
      }
      hear(heard);
      in = unread;
    }
  }

  private boolean isHeard() {
    return state == State.OPEN || state == State.GOODBYE;
  }

  /** Whether enough is under way for now. */
  private boolean isBusy() {
    return state == State.OPEN && (inflating || finishing || callsOpen >= limits.callsMax());
  }

  private void noteMidway() {
    boolean before = midway;
    midway = reader.isMidway();
    if (midway && !before) {
      messageSinceNanos = heardNanos;
    }
  }

  private void hear(Heard heard) {
    switch (heard) {
      case Heard.Message(var bytes, var deflated) -> {
        midway = false;
        if (state != State.OPEN) {
          connections.received().giveBack(bytes.length);
        } else if (deflated) {
          inflate(bytes);
        } else {
          ask(bytes);
        }
      }
      case Heard.Ping(var payload) -> answerPing(payload);
      case Heard.Pong() -> {}
      case Heard.Close(var code) -> leave(code);
      case Heard.Breach(var code, var reason) -> breach(code, reason, partingOf(code));
    }
  }

  private static Parting partingOf(int code) {
    return switch (code) {
      case CloseCode.TOO_BIG -> Parting.TOO_BIG;
      case CloseCode.LATER -> Parting.FULL;
      default -> Parting.PROTOCOL;
    };
  }

  /** Whoever floods us gets few of them, and the last one: RFC 6455 allows it. */
  private void answerPing(byte[] payload) {
    if (state != State.OPEN) {
      return;
    }
    if (pongs < PONGS_MAX && channel.isWritable()) {
      pongs++;
      pongDue = null;
      outbox.control(Frame.PONG, payload);
    } else {
      pongDue = payload;
    }
  }

  private void inflate(byte[] deflated) {
    inflating = true;
    compression.inflate(
        deflated,
        limits.messageBytesMax(),
        inflated -> {
          inflating = false;
          connections.received().giveBack(deflated.length);
          if (state == State.OPEN) {
            inflated(inflated);
            readOn();
          }
        });
  }

  private void inflated(Gzip.Inflated inflated) {
    switch (inflated) {
      case Gzip.Inflated.Bytes(var bytes) -> {
        if (!Utf8Text.isWholly(bytes, 0, bytes.length)) {
          breach(CloseCode.NOT_UTF8, "message: not UTF-8", Parting.PROTOCOL);
        } else if (!connections.received().take(bytes.length)) {
          breach(
              CloseCode.LATER,
              "the gateway is full (limit: bytes of requests at once)",
              Parting.FULL);
        } else {
          ask(bytes);
        }
      }
      case Gzip.Inflated.TooLarge() ->
          breach(
              CloseCode.TOO_BIG,
              "message: too large (expected: at most " + limits.messageBytesMax() + ")",
              Parting.TOO_BIG);
      case Gzip.Inflated.Broken() ->
          breach(CloseCode.NOT_UTF8, "message: not compressed, as it says", Parting.PROTOCOL);
      case Gzip.Inflated.Busy() ->
          breach(
              CloseCode.LATER,
              "the gateway is full (limit: compressed messages at once)",
              Parting.FULL);
      case Gzip.Inflated.Failed(var defect) -> {
        listener.defect(defect);
        breach(CloseCode.DEFECT, "internal error of the gateway", Parting.DEFECT);
      }
    }
  }

  // Answering.

  private void ask(byte[] message) {
    listener.webSocketCounts().messagesIn.increment();
    Asked asked = new Asked(message, line);
    open.add(asked);
    try {
      int calls =
          agreed
              .dialogue()
              .answer(
                  message, asked.asker(connections.unsent()), answer -> answered(asked, answer));
      if (open.contains(asked)) {
        asked.madeCalls(calls);
        callsOpen += calls;
      }
    } catch (Throwable defect) {
      answered(asked, agreed.dialogue().defect(defect));
    }
  }

  /** Whoever brings the answer must not be stopped by what happens here. */
  private void answered(Asked asked, Render.Rendered answer) {
    if (state != State.OPEN || !open.contains(asked)) {
      return;
    }
    try {
      answer(asked, answer);
    } catch (Throwable defect) {
      listener.defect(defect);
      breach(CloseCode.DEFECT, "internal error of the gateway", Parting.DEFECT);
    }
    if (!reading) {
      channel.flush();
    }
  }

  private void answer(Asked asked, Render.Rendered answer) {
    if (answer.isNothing()) {
      written(asked);
    } else if (!asked.isExcused() && !outbox.hasRoomFor(answer.payload())) {
      agreed
          .dialogue()
          .refuse(
              asked.message(),
              new Refusal(
                  Refusal.Kind.OVERLOADED,
                  "the gateway is full (limit: bytes of answers at once)",
                  "overload"),
              asked.asker(connections.unsent()),
              excuse -> answered(asked, excuse));
    } else if (agreed.deflates() && answer.payload().length() >= DEFLATED_BYTES_MIN) {
      compression.deflate(answer.payload(), message -> send(asked, message));
    } else {
      send(asked, new Outbox.Message.Plain(answer.payload()));
    }
  }

  private void send(Asked asked, Outbox.Message message) {
    if (state == State.OPEN && open.contains(asked)) {
      listener.webSocketCounts().messagesOut.increment();
      outbox.answer(message, () -> written(asked));
      if (!reading) {
        channel.flush();
      }
    }
  }

  private void written(Asked asked) {
    open.remove(asked);
    callsOpen -= asked.calls();
    connections.received().giveBack(asked.message().length);
    asked.answered().forEach(this::orDefect);
    if (finishing && open.isEmpty()) {
      line.endAtPosition(Line.End.DRAINING, "restarting");
    }
    readOn();
  }

  /** A defect of one who listens is not to cost the others anything. */
  void orDefect(Runnable action) {
    try {
      action.run();
    } catch (Throwable defect) {
      listener.defect(defect);
    }
  }

  // Telling.

  /** False when the client has taken too little of what it was told before. */
  boolean tell(byte[] head, RawJson body, byte[] tail) {
    if (outbox.toldBytes() > limits.unsentBytesMax()) {
      return false;
    }
    listener.webSocketCounts().messagesOut.increment();
    return outbox.tell(head, body, tail);
  }

  void flush() {
    if (!reading) {
      channel.flush();
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
        listener
            .ticker()
            .alarm(TimeUnit.MILLISECONDS.toNanos(WebSocketLimits.DRAIN_MILLIS), () -> sweep(now()));
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
    patience.look(outbox.unsentBytes(), now());
    channel.config().setAutoRead(true);
    line.ended();
  }

  /** The client closes: what waits for it is of no use any more. */
  private void leave(int code) {
    if (state == State.OPEN) {
      parting = Parting.CLIENT;
    }
    boolean said = state == State.GOODBYE && !outbox.isQueued();
    state = State.LEAVING;
    goodbye = Goodbye.usual(now());
    endCalls();
    outbox.drop();
    if (!said) {
      outbox.control(Frame.CLOSE, code == CloseCode.NONE ? new byte[0] : Frame.closing(code, ""));
    }
    outbox.whenSent(channel::close);
    line.ended();
  }

  /** Says what was wrong, and waits for the client to hear it before the connection goes. */
  private void breach(int code, String reason, Parting why) {
    if (state != State.OPEN) {
      channel.close(); // we have said goodbye already
      return;
    }
    parting = why;
    state = State.LEAVING;
    goodbye = Goodbye.usual(now());
    endCalls();
    outbox.drop();
    outbox.control(Frame.CLOSE, Frame.closing(code, reason));
    outbox.whenSent(this::linger);
    line.ended();
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

  /** Nobody waits for the answers any more. */
  private void endCalls() {
    reader.drop();
    List<Asked> abandoned = List.copyOf(open);
    open.clear();
    callsOpen = 0;
    for (Asked asked : abandoned) {
      connections.received().giveBack(asked.message().length);
      orDefect(asked::abandon);
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
    ByteBuf rest = unread;
    unread = null;
    if (rest != null) {
      rest.release();
    }
    endCalls();
    outbox.drop();
    connections.remove(this);
    listener.seats().leave(client);
    listener.webSocketCounts().ended(parting);
    line.ended();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    outbox.settle();
    if (channel.isWritable() && state != State.GONE) {
      byte[] pong = pongDue;
      if (pong != null && state == State.OPEN) {
        pongDue = null;
        outbox.control(Frame.PONG, pong);
      }
      outbox.goOn();
      flush();
      runRoomy();
    }
  }

  private void runRoomy() {
    List<Runnable> actions = roomy;
    if (!actions.isEmpty() && isRoomy()) {
      roomy = List.of();
      actions.forEach(this::orDefect);
    }
  }

  private boolean isRoomy() {
    return outbox.toldBytes() <= ROOMY_BYTES;
  }

  /** Runs the action once most of what was told is sent; one of a few for each subscription. */
  void whenRoomy(Runnable action) {
    if (isRoomy()) {
      action.run();
      return;
    }
    if (roomy.isEmpty()) {
      roomy = new ArrayList<>(1);
    }
    roomy.add(action);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException)) {
      listener.defect(cause);
    }
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
    if (isBusy()) {
      heardNanos = nowNanos; // we do not listen
    }
    if (millis(nowNanos - heardNanos) >= WebSocketLimits.SILENCE_MILLIS
        || millis(stall.nanos()) >= WebSocketLimits.SILENCE_MILLIS) {
      drop(Parting.SILENT);
    } else if (millis(messageNanos(nowNanos)) > listener.limits().bodyMillis()) {
      breach(
          CloseCode.POLICY,
          "message: too slow (expected: whole within " + listener.limits().bodyMillis() + " ms)",
          Parting.LATE);
    } else if (millis(nowNanos - pingedNanos) >= WebSocketLimits.PING_MILLIS) {
      pingedNanos = nowNanos;
      outbox.control(Frame.PING, new byte[0]);
      channel.flush();
    }
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }

  @Override
  public long bodyNanos(long nowNanos) {
    return reader.heldBytes() > 0 ? messageNanos(nowNanos) : 0;
  }

  private long messageNanos(long nowNanos) {
    return state == State.OPEN && midway && !reading && !isBusy()
        ? nowNanos - messageSinceNanos
        : 0;
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
    outbox.drop();
    drop(Parting.SLOW);
  }

  @Override
  public void drain() {
    if (state != State.OPEN || finishing) {
      return;
    }
    finishing = true;
    if (open.isEmpty()) {
      line.endAtPosition(Line.End.DRAINING, "restarting");
    } else {
      channel.config().setAutoRead(false);
    }
  }

  @Override
  public void close() {
    channel.close();
  }
}
