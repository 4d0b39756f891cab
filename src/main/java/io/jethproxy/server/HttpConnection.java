package io.jethproxy.server;

import io.jethproxy.call.Abandonment;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One client connection: collects requests, hands them to the {@link Site} one after another and
 * writes the answers in that order. A request that HTTP itself refuses ends the connection after
 * its answer. Used on its event loop only.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter {

  /** What the connection waits for, which decides how long it may. */
  private enum Phase {
    IDLE,
    HEAD,
    BODY,
    ANSWER
  }

  /** A request, or the refusal of one, that waits for its turn. */
  private record Pending(
      @Nullable HttpQuestion question,
      @Nullable HttpAnswer refusal,
      boolean keepAlive,
      boolean http10,
      boolean takesGzip) {}

  private final Listener listener;
  private final Connections connections;
  private final Channel channel;
  private final HttpLimits limits;
  private final ArrayDeque<Pending> queue = new ArrayDeque<>();
  private @Nullable Pending answering;

  private @Nullable HttpRequest request;
  private byte[] body = Gzip.NOTHING;
  private int length;

  /** After a refusal nothing more is read: what follows cannot be trusted. */
  private boolean deaf;

  private boolean reading;
  private Phase phase = Phase.IDLE;
  private long sinceNanos;
  private long unsentBytes;
  private long unsentSinceNanos;

  HttpConnection(Listener listener, Connections connections, Channel channel) {
    this.listener = listener;
    this.connections = connections;
    this.channel = channel;
    this.limits = listener.limits();
    enter(Phase.IDLE);
  }

  private void enter(Phase next) {
    phase = next;
    sinceNanos = listener.ticker().nanos();
  }

  /** Bytes came, before anybody knows what they are. */
  void bytesCame() {
    if (phase == Phase.IDLE) {
      enter(Phase.HEAD);
    }
  }

  boolean isIdle() {
    return phase == Phase.IDLE;
  }

  long sinceNanos() {
    return sinceNanos;
  }

  // Reading.

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
      refuseUndecodable(message.decoderResult().cause());
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
    request = head;
    length = 0;
    body = Gzip.NOTHING;
    if (phase != Phase.ANSWER) {
      enter(Phase.BODY);
    }
    HttpHeaders headers = head.headers();
    if (!HttpVersion.HTTP_1_1.equals(head.protocolVersion())
        && !HttpVersion.HTTP_1_0.equals(head.protocolVersion())) {
      refuse(505, "HTTP version: not supported (expected: HTTP/1.1)");
    } else if (HttpVersion.HTTP_1_0.equals(head.protocolVersion())
        && headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
      refuse(400, "Transfer-Encoding: not defined in HTTP/1.0");
    } else if (headers.getAll(HttpHeaderNames.HOST).size() != 1
        && HttpVersion.HTTP_1_1.equals(head.protocolVersion())) {
      refuse(400, "Host: missing or repeated (expected: exactly one)");
    } else if (!head.uri().startsWith("/")) {
      refuse(400, "request target: not a path (expected: /…)");
    } else if (head.uri().length() > HttpLimits.URI_BYTES_MAX) {
      refuse(414, "request target: too long (expected: at most 2048 bytes)");
    } else if (HttpUtil.getContentLength(head, 0L) > limits.bodyBytesMax()) {
      refuse(413, tooLarge());
    } else {
      expect(headers);
    }
  }

  private void expect(HttpHeaders headers) {
    String expected = headers.get(HttpHeaderNames.EXPECT);
    if (expected == null) {
      return;
    }
    if (!expected.equalsIgnoreCase("100-continue")) {
      refuse(417, "Expect: not understood (expected: 100-continue)");
    } else if (answering == null && queue.isEmpty()) {
      ByteBuf go = channel.alloc().ioBuffer(32);
      go.writeBytes(HttpHead.CONTINUE);
      channel.writeAndFlush(go, channel.voidPromise());
    }
  }

  private void readContent(HttpContent content) {
    ByteBuf bytes = content.content();
    int more = bytes.readableBytes();
    if (length + more > limits.bodyBytesMax()) {
      refuse(413, tooLarge());
      return;
    }
    if (more > 0) {
      if (body.length < length + more) {
        int exact = (int) Math.max(0, declaredLength());
        body = Arrays.copyOf(body, Math.max(Math.max(exact, length + more), bytesFor(exact)));
      }
      bytes.readBytes(body, length, more);
      length += more;
    }
    if (content instanceof LastHttpContent) {
      complete();
    }
  }

  private int bytesFor(int exact) {
    return exact > 0 ? 0 : Math.min(2 * body.length, limits.bodyBytesMax());
  }

  private long declaredLength() {
    // Small bodies only: a declared length is a promise, and memory follows what has come.
    long declared = request == null ? -1 : HttpUtil.getContentLength(request, -1L);
    return declared <= 64 * 1024 ? declared : -1;
  }

  private String tooLarge() {
    return "body: too large (expected: at most " + limits.bodyBytesMax() + " bytes)";
  }

  private void complete() {
    HttpRequest head = request;
    if (head == null) {
      return;
    }
    request = null;
    byte[] whole = body.length == length ? body : Arrays.copyOf(body, length);
    body = Gzip.NOTHING;
    String uri = head.uri();
    int query = uri.indexOf('?');
    HttpQuestion question =
        new HttpQuestion(
            head.method().name(),
            query < 0 ? uri : uri.substring(0, query),
            head.headers(),
            whole,
            new Abandonment());
    enqueue(
        new Pending(
            question, null, HttpUtil.isKeepAlive(head), isHttp10(head), takesGzip(head.headers())));
  }

  private static boolean isHttp10(HttpRequest head) {
    return HttpVersion.HTTP_1_0.equals(head.protocolVersion());
  }

  private static boolean takesGzip(HttpHeaders headers) {
    String accepted = headers.get(HttpHeaderNames.ACCEPT_ENCODING);
    return accepted != null && Gzip.accepts(accepted.toLowerCase(Locale.ROOT));
  }

  private void refuseUndecodable(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      refuse(414, "request line: too long (expected: at most 2048 bytes)");
    } else if (cause instanceof TooLongHttpHeaderException) {
      refuse(431, "header: too large (expected: at most 16384 bytes)");
    } else {
      refuse(400, "request: not HTTP/1.1 as RFC 9112 has it");
    }
  }

  private void refuse(int status, String message) {
    deaf = true;
    request = null;
    body = Gzip.NOTHING;
    channel.config().setAutoRead(false);
    HttpAnswer answer = listener.site().refusal(status, message).closing();
    enqueue(new Pending(null, answer, false, false, false));
  }

  private void enqueue(Pending pending) {
    queue.addLast(pending);
    if (queue.size() >= HttpLimits.PIPELINED_MAX) {
      channel.config().setAutoRead(false);
    }
    serveNext();
  }

  // Answering.

  private void serveNext() {
    if (answering != null || !channel.isWritable()) {
      return;
    }
    Pending next = queue.pollFirst();
    if (next == null) {
      if (request == null) {
        enter(Phase.IDLE);
      } else {
        enter(Phase.BODY);
      }
      return;
    }
    if (!deaf && queue.size() < HttpLimits.PIPELINED_MAX / 2 && !channel.config().isAutoRead()) {
      channel.config().setAutoRead(true);
    }
    answering = next;
    enter(Phase.ANSWER);
    if (next.refusal != null) {
      write(next, next.refusal);
    } else if (next.question != null) {
      serve(next, next.question);
    }
  }

  private void serve(Pending pending, HttpQuestion question) {
    String encoding = question.headers().get(HttpHeaderNames.CONTENT_ENCODING);
    if (encoding == null || encoding.equalsIgnoreCase("identity")) {
      listener.site().answer(question, answer -> answered(pending, answer));
    } else if (!encoding.equalsIgnoreCase("gzip")) {
      write(pending, listener.site().refusal(415, "Content-Encoding: unknown (expected: gzip)"));
    } else {
      listener
          .gzip()
          .inflate(
              question.body(),
              limits.inflatedBytesMax(),
              channel.eventLoop(),
              inflated -> inflated(pending, question, inflated));
    }
  }

  private void inflated(Pending pending, HttpQuestion question, Gzip.Inflated inflated) {
    switch (inflated) {
      case Gzip.Inflated.Bytes(var bytes) ->
          listener
              .site()
              .answer(
                  new HttpQuestion(
                      question.method(),
                      question.path(),
                      question.headers(),
                      bytes,
                      question.abandonment()),
                  answer -> answered(pending, answer));
      case Gzip.Inflated.TooLarge() ->
          write(
              pending,
              listener
                  .site()
                  .refusal(
                      413,
                      "body: too large when inflated (expected: at most "
                          + limits.inflatedBytesMax()
                          + " bytes)"));
      case Gzip.Inflated.Broken() ->
          write(pending, listener.site().refusal(400, "body: not gzip, as its header says"));
      case Gzip.Inflated.Busy() ->
          write(pending, listener.site().refusal(503, "too many compressed bodies at once"));
    }
  }

  private void answered(Pending pending, HttpAnswer answer) {
    if (channel.eventLoop().inEventLoop()) {
      compressed(pending, answer);
    } else {
      channel.eventLoop().execute(() -> compressed(pending, answer));
    }
  }

  private void compressed(Pending pending, HttpAnswer answer) {
    if (!pending.takesGzip || answer.payload().length() < Gzip.WORTH_IT_BYTES) {
      write(pending, answer);
      return;
    }
    listener.gzip().deflate(answer, channel.eventLoop(), deflated -> write(pending, deflated));
  }

  @SuppressWarnings("ReferenceEquality") // this very request, not one like it
  private void write(Pending pending, HttpAnswer answer) {
    if (answering != pending || !channel.isActive()) {
      return;
    }
    boolean keepAlive = pending.keepAlive && !answer.close() && !listener.isDraining();
    ByteBuf out = HttpHead.write(channel.alloc(), answer, keepAlive, pending.http10);
    answering = null;
    if (keepAlive) {
      if (reading) {
        channel.write(out, channel.voidPromise());
      } else {
        channel.writeAndFlush(out, channel.voidPromise());
      }
      serveNext();
    } else {
      deaf = true;
      queue.clear();
      ChannelFuture written = channel.writeAndFlush(out);
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    reading = false;
    channel.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (channel.isWritable()) {
      serveNext();
    }
  }

  // Ending.

  /** Closes what has waited too long; called now and then by the sweep of the loop. */
  void sweep(long nowNanos) {
    long waitedMillis = (nowNanos - sinceNanos) / 1_000_000;
    boolean late =
        switch (phase) {
          case IDLE -> waitedMillis > limits.idleMillis() && !isUnsent();
          case HEAD -> waitedMillis > limits.headerMillis();
          case BODY -> waitedMillis > limits.bodyMillis();
          case ANSWER -> false;
        };
    if (late && phase == Phase.BODY) {
      phase = Phase.ANSWER;
      refuse(408, "body: too slow (expected: whole within " + limits.bodyMillis() + " ms)");
    } else if (late || isStalled(nowNanos)) {
      channel.close();
    }
  }

  private boolean isUnsent() {
    return channel.unsafe().outboundBuffer() != null
        && channel.unsafe().outboundBuffer().totalPendingWriteBytes() > 0;
  }

  private boolean isStalled(long nowNanos) {
    var outbound = channel.unsafe().outboundBuffer();
    long unsent = outbound == null ? 0 : outbound.totalPendingWriteBytes();
    if (unsent == 0 || unsent != unsentBytes) {
      unsentBytes = unsent;
      unsentSinceNanos = nowNanos;
      return false;
    }
    return (nowNanos - unsentSinceNanos) / 1_000_000 > limits.stallMillis();
  }

  /** Ends the connection politely: at once when nothing is going on, else after the answer. */
  void drain() {
    if (phase == Phase.IDLE && !isUnsent()) {
      channel.close();
    }
  }

  void close() {
    channel.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    deaf = true;
    connections.remove(this);
    Pending open = answering;
    answering = null;
    abandon(open);
    queue.forEach(HttpConnection::abandon);
    queue.clear();
  }

  private static void abandon(@Nullable Pending pending) {
    if (pending != null && pending.question != null) {
      pending.question.abandonment().declare();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof java.io.IOException)) {
      listener.defect(cause);
    }
    channel.close();
  }
}
