import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.group.ChannelGroup;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The WebSocket side of a simulated provider: single requests in, the same answers as over HTTP
 * out. {@code eth_subscribe} of new heads puts the connection among the listeners.
 */
final class ProviderSocket extends FrameReader {
  private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final byte[] BEFORE_ID =
      "{\"jsonrpc\":\"2.0\",\"id\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SUBSCRIBED =
      ",\"result\":\"0x5\"}".getBytes(StandardCharsets.US_ASCII);

  private final Answers answers;
  private final AtomicLong served;
  private final ChannelGroup listeners;
  private final RequestScan asked = new RequestScan();

  ProviderSocket(Answers answers, AtomicLong served, ChannelGroup listeners) {
    this.answers = answers;
    this.served = served;
    this.listeners = listeners;
  }

  /** The answer to a request to open a WebSocket with this key. */
  static ByteBuf opening(String key) {
    String head =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
            + accept(key)
            + "\r\n\r\n";
    return Unpooled.copiedBuffer(head, StandardCharsets.US_ASCII);
  }

  /** A notice to whoever has subscribed at a provider. */
  static void tell(ChannelGroup listeners, String result) {
    byte[] notice =
        ("{\"jsonrpc\":\"2.0\",\"method\":\"eth_subscription\",\"params\":{\"subscription\":\"0x5\",\"result\":"
                + result
                + "}}")
            .getBytes(StandardCharsets.US_ASCII);
    ByteBuf frame = putHead(Unpooled.buffer(notice.length + 10), TEXT, notice.length);
    listeners.writeAndFlush(frame.writeBytes(notice));
  }

  @Override
  void frame(ChannelHandlerContext ctx, int opcode, ByteBuf payload, int bytes) {
    switch (opcode) {
      case TEXT -> answer(ctx, ByteBufUtil.getBytes(payload, payload.readerIndex(), bytes));
      case PING ->
          ctx.write(
              putHead(ctx.alloc().buffer(bytes + 2), PONG, bytes)
                  .writeBytes(payload, payload.readerIndex(), bytes));
      case CLOSE -> ctx.close();
      default -> {}
    }
  }

  private void answer(ChannelHandlerContext ctx, byte[] request) {
    asked.read(request, 0, request.length);
    served.incrementAndGet();
    boolean subscribes =
        asked.method().equals("eth_subscribe") && asked.firstParam().equals("newHeads");
    ByteBuf tail = subscribes ? subscribed(ctx.channel()) : answers.tailFor(asked);
    int length = BEFORE_ID.length + asked.idTo - asked.idFrom + tail.readableBytes();
    ByteBuf frame = putHead(ctx.alloc().buffer(length + 10), TEXT, length);
    frame.writeBytes(BEFORE_ID);
    frame.writeBytes(request, asked.idFrom, asked.idTo - asked.idFrom);
    ctx.write(frame.writeBytes(tail));
    tail.release();
  }

  private ByteBuf subscribed(Channel channel) {
    listeners.add(channel);
    return Unpooled.wrappedBuffer(SUBSCRIBED);
  }

  private static String accept(String key) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      byte[] digest = sha1.digest((key + ACCEPT_SUFFIX).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
