package io.jethproxy.transport;

import io.jethproxy.call.Trouble;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection to a provider: carries one exchange after another. Bytes that nobody
 * asked for, before or after an answer, close it: they are never read as the next answer.
 */
final class Connection extends ChannelInboundHandlerAdapter {

  private static final AsciiString CF_MITIGATED = AsciiString.cached("cf-mitigated");
  private static final int INFORMATIONAL_MAX = 8;
  private static final int FIRST_BYTES = 16 * 1024;
  private static final int BELIEVED_BYTES = 1024 * 1024;
  private static final int BELIEVED_PART = 16;

  private enum State {
    IDLE,
    AWAITING,
    READING,
    /** The answer is complete; free for the next once the read that brought it is over. */
    SETTLING,
    CLOSED
  }

  private final Lane lane;
  private final Channel channel;
  private final BooleanSupplier leftOver;
  private State state = State.IDLE;
  private boolean used;
  private int informational;
  private @Nullable HttpExchange exchange;

  private @Nullable HttpResponse response;
  private byte[] body = Lane.NOTHING;
  private int length;
  private long declaredLength;

  /**
   * @param leftOver whether bytes were read that belong to no message
   */
  Connection(Lane lane, Channel channel, BooleanSupplier leftOver) {
    this.lane = lane;
    this.channel = channel;
    this.leftOver = leftOver;
  }

  boolean isIdle() {
    return state == State.IDLE && channel.isActive();
  }

  void start(HttpExchange next) {
    exchange = next;
    next.carriedBy(this);
    state = State.AWAITING;
    informational = 0;
    channel.writeAndFlush(lane.requestBytes(channel.alloc(), next), channel.voidPromise());
  }

  void close() {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      forgetBody();
      channel.close();
      lane.closed(this);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      read((HttpObject) message);
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void read(HttpObject message) {
    if (state == State.CLOSED) {
      return;
    }
    if (message.decoderResult().isFailure()) {
      fail(Trouble.MALFORMED);
      return;
    }
    if (message instanceof HttpResponse head) {
      readHead(head);
    }
    if (message instanceof HttpContent content && state == State.READING) {
      readContent(content);
    }
  }

  private void readHead(HttpResponse head) {
    if (state != State.AWAITING) {
      close();
      return;
    }
    int status = head.status().code();
    if (status < 200) {
      if (status == 101 || ++informational > INFORMATIONAL_MAX) {
        fail(Trouble.BAD_STATUS);
      }
      return;
    }
    HttpHeaders headers = head.headers();
    if (headers.contains(HttpHeaderNames.CONTENT_ENCODING)
        && !headers.containsValue(HttpHeaderNames.CONTENT_ENCODING, "identity", true)) {
      fail(Trouble.MALFORMED); // we ask for none, so this is somebody's page or a trap
      return;
    }
    declaredLength = HttpUtil.getContentLength(head, -1L);
    if (declaredLength > lane.bodyBytesMax()) {
      fail(Trouble.RESPONSE_TOO_LARGE);
      return;
    }
    response = head;
    length = 0;
    state = State.READING;
  }

  private void readContent(HttpContent content) {
    if (response == null) {
      return; // the end of an informational response
    }
    ByteBuf bytes = content.content();
    int more = bytes.readableBytes();
    if (more > 0 && !grow(more)) {
      fail(Trouble.RESPONSE_TOO_LARGE);
      return;
    }
    bytes.readBytes(body, length, more);
    length += more;
    if (content instanceof LastHttpContent) {
      complete(response);
    }
  }

  private boolean grow(int more) {
    long needed = (long) length + more;
    if (needed <= body.length) {
      return true;
    }
    if (needed > lane.bodyBytesMax()) {
      return false;
    }
    // A declared length is only a promise: beyond what is usual, a part of it must have come.
    boolean believed = declaredLength <= BELIEVED_BYTES || needed >= declaredLength / BELIEVED_PART;
    long wanted =
        declaredLength >= needed && believed ? declaredLength : Math.max(2 * needed, FIRST_BYTES);
    if (declaredLength >= needed) {
      wanted = Math.min(wanted, declaredLength);
    }
    int size = (int) Math.min(Math.max(wanted, needed), lane.bodyBytesMax());
    if (!lane.budget().take(size - (long) body.length)) {
      return false;
    }
    body = body.length == 0 ? new byte[size] : Arrays.copyOf(body, size);
    return true;
  }

  private void complete(HttpResponse head) {
    HttpExchange finished = exchange;
    HttpHeaders headers = head.headers();
    HttpReply reply =
        new HttpReply(
            head.status().code(),
            Waits.ofHeader(
                headers.get(HttpHeaderNames.RETRY_AFTER, ""),
                headers.get(HttpHeaderNames.DATE, "")),
            headers.contains(CF_MITIGATED),
            body,
            0,
            length);
    boolean keepAlive = HttpUtil.isKeepAlive(head);
    forgetBody();
    exchange = null;
    state = State.SETTLING;
    used = true;
    if (!keepAlive) {
      close();
    }
    if (finished != null) {
      finished.released();
      finished.finish(new Exchanged.Response(reply));
    }
  }

  private void forgetBody() {
    lane.budget().giveBack(body.length);
    body = Lane.NOTHING;
    length = 0;
    response = null;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    boolean free = state == State.SETTLING || state == State.IDLE;
    if (free && leftOver.getAsBoolean()) {
      close();
    } else if (state == State.SETTLING) {
      state = State.IDLE;
      lane.release(this);
    }
    context.fireChannelReadComplete();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (state == State.CLOSED) {
      return;
    }
    boolean raced = used && state == State.AWAITING;
    HttpExchange broken = exchange;
    close();
    if (broken == null) {
      return;
    }
    // The provider closed an idle connection while our request was on its way: nothing was
    // answered, so one fresh try is owed.
    if (raced && broken.mayRetry()) {
      lane.connect(broken);
    } else {
      broken.finish(new Exchanged.Failed(Trouble.BROKEN));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    channelInactive(context);
  }

  private void fail(Trouble trouble) {
    HttpExchange failed = exchange;
    close();
    if (failed != null) {
      failed.finish(new Exchanged.Failed(trouble));
    }
  }
}
