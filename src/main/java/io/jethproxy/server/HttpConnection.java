package io.jethproxy.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client connection: has requests collected, hands them on one after another and has the
 * answers written in that order. A request that HTTP itself refuses ends the connection after its
 * answer. Used on its event loop only.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter implements ClientConnection {

  /** Enough for the loop to look at its sockets once more. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Listener listener;
  private final Connections connections;
  private final Channel channel;
  private final HttpLimits limits;
  private final StrictRequestDecoder decoder = new StrictRequestDecoder(this::bytesCame);
  private final RequestCollector collector;
  private final AnswerWriter writer;
  private final Exchange exchange;
  private final TurnQueue queue = new TurnQueue();
  private @Nullable Turn answering;

  /** What is being answered ends the connection. */
  private boolean closing;

  /** After a refusal nothing more is understood: what follows cannot be trusted. */
  private boolean deaf;

  /** What is being answered makes a WebSocket of the connection. */
  private HttpAnswer.Then.@Nullable Switch switching;

  private boolean reading;
  private boolean serving;
  private Phase phase = Phase.IDLE;
  private long sinceNanos;

  HttpConnection(Listener listener, Connections connections, Channel channel) {
    this.listener = listener;
    this.connections = connections;
    this.channel = channel;
    this.limits = listener.limits();
    this.collector = new RequestCollector(limits, connections);
    this.writer = new AnswerWriter(channel, connections.unsent());
    this.exchange = new Exchange(listener, connections.received(), channel.eventLoop());
    this.sinceNanos = listener.ticker().nanos();
  }

  /** Takes its place in the pipeline and among the connections. */
  void open() {
    connections.add(this);
    connections.idle(this);
    channel.pipeline().addLast(decoder, this);
  }

  private void enter(Phase next) {
    boolean wasIdle = phase.isIdle();
    phase = next;
    sinceNanos = listener.ticker().nanos();
    if (next.isIdle()) {
      connections.idle(this);
    } else if (wasIdle) {
      connections.busy(this);
    }
  }

  /** Since when it waits for what it waits for. */
  long sinceNanos() {
    return sinceNanos;
  }

  // Reading.

  private void bytesCame() {
    if (phase == Phase.IDLE) {
      enter(Phase.HEAD);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    reading = true;
    try {
      if (!deaf) {
        read((HttpObject) message);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void read(HttpObject message) {
    if (message.decoderResult().isFailure()) {
      refuse(collector.undecodable(message.decoderResult().cause()));
      return;
    }
    if (message instanceof HttpRequest head) {
      readHead(head);
    }
    if (!deaf && message instanceof HttpContent content) {
      readContent(content);
    }
  }

  private void readHead(HttpRequest head) {
    if (phase != Phase.ANSWER) {
      enter(Phase.BODY);
    }
    RequestCollector.Flaw flaw = collector.begin(head);
    if (flaw != null) {
      refuse(flaw);
    } else if (collector.isAwaitingContinue() && answering == null && queue.isEmpty()) {
      ByteBuf go = channel.alloc().ioBuffer(32);
      go.writeBytes(HttpHead.CONTINUE);
      channel.writeAndFlush(go, channel.voidPromise());
    }
  }

  private void readContent(HttpContent content) {
    RequestCollector.Flaw flaw = collector.add(content);
    if (flaw != null) {
      refuse(flaw);
    } else if (content instanceof LastHttpContent) {
      Turn turn = collector.complete();
      if (turn != null) {
        enqueue(turn);
      }
    }
  }

  private void refuse(RequestCollector.Flaw flaw) {
    deaf = true;
    collector.drop();
    enqueue(Turn.refused(listener.site().refusal(flaw.status(), flaw.message())));
  }

  private void enqueue(Turn turn) {
    queue.add(turn);
    if (queue.isFull() || decoder.isHeld()) {
      channel.config().setAutoRead(false);
    }
    serveNext();
  }

  // Answering.

  /** A loop and no recursion: thousands of small requests may wait behind a slow one. */
  private void serveNext() {
    if (serving) {
      return;
    }
    serving = true;
    while (answering == null && !closing && channel.isWritable()) {
      Turn next = queue.poll();
      if (next == null) {
        enter(collector.isInBody() ? Phase.BODY : decoder.isInHead() ? Phase.HEAD : Phase.IDLE);
        break;
      }
      serve(next);
    }
    serving = false;
  }

  private void serve(Turn next) {
    if (queue.hasRoom() && !decoder.isHeld() && !channel.config().isAutoRead()) {
      channel.config().setAutoRead(true);
    }
    answering = next;
    writer.expect();
    enter(Phase.ANSWER);
    exchange.answer(next, answer -> answeredOrExcused(next, answer));
  }

  /** Whoever brings the answer must not be stopped by what happens here. */
  private void answeredOrExcused(Turn turn, HttpAnswer answer) {
    try {
      answered(turn, answer);
    } catch (Throwable defect) {
      excuse(turn, defect);
    }
  }

  /** Half an answer cannot be mended: its connection goes. */
  private void excuse(Turn turn, Throwable defect) {
    try {
      if (switching != null) {
        switching = null;
        listener.seats().leave(channel.remoteAddress());
      }
      HttpAnswer excuse = listener.site().defect(defect);
      if (writer.hasBegun()) {
        channel.close();
      } else {
        writer.drop();
        answered(turn, excuse);
      }
    } catch (Throwable again) {
      listener.defect(again);
      channel.close();
    }
  }

  @SuppressWarnings("ReferenceEquality") // this very request, not one like it
  private void answered(Turn turn, HttpAnswer answer) {
    if (answering != turn || !channel.isActive()) {
      return;
    }
    HttpAnswer affordable =
        writer.hasRoomFor(answer)
            ? answer
            : listener.site().refusal(503, "the gateway is full (limit: bytes of answers at once)");
    if (decoder.isHeld() && queue.isEmpty()) {
      affordable = upgraded(turn, affordable);
    }
    closing =
        !(affordable.then() instanceof HttpAnswer.Then.Switch)
            && (!turn.keepAlive()
                || affordable.then() instanceof HttpAnswer.Then.Close
                || listener.isDraining());
    writer.begin(affordable, turn, !closing);
    if (!reading) {
      channel.flush();
    }
    goOn();
  }

  /** The answer to a request for a WebSocket; any other than yes ends the connection. */
  private HttpAnswer upgraded(Turn turn, HttpAnswer answer) {
    if (!(answer.then() instanceof HttpAnswer.Then.Switch agreed)) {
      return answer.closing();
    }
    if (turn.http10()) {
      return refusal(400, "Upgrade: not defined in HTTP/1.0");
    }
    if (listener.isDraining()) {
      return refusal(503, "the gateway is about to stop; another takes WebSockets");
    }
    return switch (listener.seats().take(channel.remoteAddress())) {
      case TAKEN -> {
        switching = agreed;
        yield answer;
      }
      case ADDRESS_FULL ->
          refusal(
              429,
              "too many WebSockets of this address (expected: at most "
                  + listener.webSocketLimits().perAddressMax()
                  + ")");
      case ALL_FULL -> refusal(503, "the gateway is full (limit: WebSockets at once)");
    };
  }

  private HttpAnswer refusal(int status, String message) {
    return listener.site().refusal(status, message).closing();
  }

  /** What has come behind the request is read as frames. */
  private void goOnAsWebSocket(HttpAnswer.Then.Switch agreed) {
    closing = true; // nothing is served here any more
    WebSocketConnection next = new WebSocketConnection(listener, connections, channel, agreed);
    connections.replace(this, next);
    listener.webSocketCounts().opened();
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addLast(next);
    switching = null; // it leaves the seat from now on, whatever goes wrong here
    pipeline.remove(this);
    channel.flush();
    pipeline.remove(decoder);
    next.begin();
  }

  /** Turns to the next request when all of an answer is written. */
  private void goOn() {
    Turn done = answering;
    if (done == null || !writer.isDone()) {
      return;
    }
    connections.received().giveBack(done.heldBytes());
    answering = null;
    HttpAnswer.Then.Switch agreed = switching;
    if (agreed != null) {
      goOnAsWebSocket(agreed);
    } else if (closing) {
      deaf = true;
      decoder.refuse();
      connections.received().giveBack(queue.clear());
      writer.whenSent(this::linger);
    } else {
      serveNext();
    }
  }

  /**
   * Says goodbye and waits for the client's: a connection closed while bytes come in is reset, and
   * a reset can take away the last answer before the client has read it.
   */
  private void linger() {
    if (!channel.isActive()) {
      return;
    }
    enter(Phase.LINGER);
    channel.config().setAutoRead(true);
    ((DuplexChannel) channel).shutdownOutput();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    reading = false;
    channel.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (!channel.isWritable()) {
      return;
    }
    Turn half = writer.isDone() ? null : answering;
    if (half == null) {
      serveNext();
    } else {
      writeOn(half);
    }
  }

  private void writeOn(Turn half) {
    try {
      writer.goOn();
      goOn();
    } catch (Throwable defect) {
      excuse(half, defect);
    }
  }

  // Ending.

  /** Closes what has waited too long; called now and then by the sweep of the loop. */
  @Override
  public void sweep(long nowNanos) {
    writer.look(nowNanos);
    boolean late =
        (nowNanos - sinceNanos) / 1_000_000 > phase.millisMax(limits)
            && (phase != Phase.IDLE || isUnused());
    if (late && phase == Phase.BODY && !deaf) {
      refuse(
          new RequestCollector.Flaw(
              408, "body: too slow (expected: whole within " + limits.bodyMillis() + " ms)"));
    } else if (isUnused() && (late || listener.isStopped())) {
      leave();
    } else if (late || writer.stalledNanos() / 1_000_000 > limits.stallMillis()) {
      channel.close();
    }
  }

  /** How long the client has been sending a body that is held; 0 for one that is being read now. */
  @Override
  public long bodyNanos(long nowNanos) {
    return phase == Phase.BODY && !reading && collector.heldBytes() > 0 ? nowNanos - sinceNanos : 0;
  }

  /** Frees what is held of a body, and says so. */
  @Override
  public void giveUpBody() {
    refuse(
        new RequestCollector.Flaw(503, "the gateway is full (limit: bytes of requests at once)"));
  }

  /** How long the client has left unread what is held of an answer. */
  @Override
  public long stalledNanos() {
    return writer.heldBytes() > 0 ? writer.stalledNanos() : 0;
  }

  /** Frees what is held of an answer; half of one is of no use, so the connection goes. */
  @Override
  public void giveUpAnswer() {
    writer.drop();
    channel.close();
  }

  /** Ends the connection politely: soon when nothing is going on, else after the answer. */
  @Override
  public void drain() {
    if (isUnused()) {
      leave();
    }
  }

  /**
   * A request may lie in the socket while tasks run: closing now would lose it. So the loop looks
   * there first, and says goodbye when nothing came.
   */
  private void leave() {
    long unusedSinceNanos = sinceNanos;
    listener
        .ticker()
        .alarm(
            LOOK_NANOS,
            () -> {
              if (isUnused() && sinceNanos == unusedSinceNanos) {
                deaf = true;
                linger();
              }
            });
  }

  private boolean isUnused() {
    return phase == Phase.IDLE && !writer.isUnsent();
  }

  @Override
  public void close() {
    channel.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    deaf = true;
    connections.remove(this);
    collector.drop();
    writer.drop();
    Turn open = answering;
    answering = null;
    if (open != null) {
      connections.received().giveBack(open.heldBytes());
      open.abandon();
    }
    connections.received().giveBack(queue.clear());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException)) {
      listener.defect(cause);
    }
    channel.close();
  }
}
