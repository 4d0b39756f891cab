import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.group.ChannelGroup;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One keep-alive connection to a simulated provider: HTTP/1.1 requests with a Content-Length in,
 * prepared answers out, in order. {@code GET} on any path answers the number of JSON-RPC items
 * served so far, or opens a WebSocket.
 */
final class ProviderConnection extends ChannelInboundHandlerAdapter {
  private static final byte[] STATUS =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
          .getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BEFORE_ID =
      "{\"jsonrpc\":\"2.0\",\"id\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

  private final Answers answers;
  private final AtomicLong served;
  private final int delayMillis;
  private final ChannelGroup listeners;
  private final RequestScan asked = new RequestScan();
  private ByteBuf pending;

  ProviderConnection(
      Answers answers, AtomicLong served, int delayMillis, ChannelGroup listeners) {
    this.listeners = listeners;
    this.answers = answers;
    this.served = served;
    this.delayMillis = delayMillis;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf arrived = (ByteBuf) message;
    if (pending == null) {
      pending = arrived;
    } else {
      ByteBuf earlier = take();
      pending = ctx.alloc().buffer(earlier.readableBytes() + arrived.readableBytes());
      pending.writeBytes(earlier).writeBytes(arrived);
      earlier.release();
      arrived.release();
    }
    while (pending != null && serveOne(ctx)) {
      if (!pending.isReadable()) {
        take().release();
      }
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (pending != null) {
      take().release();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  private ByteBuf take() {
    ByteBuf taken = pending;
    pending = null;
    return taken;
  }

  private boolean serveOne(ChannelHandlerContext ctx) {
    int from = pending.readerIndex();
    int headEnd = HttpHead.end(pending);
    if (headEnd < 0) {
      return false;
    }
    boolean post = pending.getByte(from) == 'P';
    String key = post ? "" : HttpHead.socketKey(pending, headEnd);
    if (!key.isEmpty()) {
      open(ctx, key);
      return false;
    }
    int length = post ? HttpHead.contentLength(pending, headEnd) : 0;
    if (length < 0 || length > HttpHead.BODY_BYTES_MAX) {
      ctx.close();
      return false;
    }
    if (pending.writerIndex() - headEnd < length) {
      return false;
    }
    byte[] body = ByteBufUtil.getBytes(pending, headEnd, length, true);
    boolean close = HttpHead.asksToClose(pending, headEnd);
    pending.readerIndex(headEnd + length);
    reply(ctx, post ? answer(ctx, body) : List.of(count(ctx)), close);
    return true;
  }

  /** From here on the connection is a WebSocket; the client has sent nothing else yet. */
  private void open(ChannelHandlerContext ctx, String key) {
    take().release();
    ctx.write(ProviderSocket.opening(key));
    ctx.pipeline().replace(this, "socket", new ProviderSocket(answers, served, listeners));
  }

  private void reply(ChannelHandlerContext ctx, List<ByteBuf> parts, boolean close) {
    int bodyBytes = 0;
    for (ByteBuf part : parts) {
      bodyBytes += part.readableBytes();
    }
    ByteBuf first = ctx.alloc().buffer(256).writeBytes(STATUS);
    ByteBufUtil.writeAscii(first, Integer.toString(bodyBytes));
    first.writeBytes(HEAD_END);
    if (delayMillis == 0) {
      write(ctx, first, parts, close);
      return;
    }
    ctx.executor()
        .schedule(
            () -> {
              write(ctx, first, parts, close);
              ctx.flush();
            },
            delayMillis,
            TimeUnit.MILLISECONDS);
  }

  private static void write(
      ChannelHandlerContext ctx, ByteBuf head, List<ByteBuf> parts, boolean close) {
    ByteBuf joined = head;
    for (ByteBuf part : parts) {
      if (part.readableBytes() < 1024) {
        joined = joined.writeBytes(part);
        part.release();
      } else {
        ctx.write(joined);
        ctx.write(part);
        joined = ctx.alloc().buffer(256);
      }
    }
    var written = ctx.write(joined);
    if (close) {
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  private List<ByteBuf> answer(ChannelHandlerContext ctx, byte[] body) {
    List<ByteBuf> parts = new ArrayList<>(4);
    int at = 0;
    while (at < body.length && body[at] != '{' && body[at] != '[') {
      at++;
    }
    boolean batch = at < body.length && body[at] == '[';
    int items = 0;
    while (at < body.length) {
      if (body[at] != '{') {
        at++;
        continue;
      }
      at = asked.read(body, at, body.length);
      ByteBuf start = ctx.alloc().buffer(64);
      if (batch) {
        start.writeByte(items == 0 ? '[' : ',');
      }
      start.writeBytes(BEFORE_ID);
      if (asked.idTo > asked.idFrom) {
        start.writeBytes(body, asked.idFrom, asked.idTo - asked.idFrom);
      } else {
        start.writeBytes(NULL);
      }
      parts.add(start);
      parts.add(answers.tailFor(asked));
      items++;
    }
    if (batch) {
      parts.add(ctx.alloc().buffer(1).writeByte(']'));
    }
    served.addAndGet(items);
    return parts;
  }

  private ByteBuf count(ChannelHandlerContext ctx) {
    return ByteBufUtil.writeAscii(ctx.alloc(), Long.toString(served.get()));
  }
}
