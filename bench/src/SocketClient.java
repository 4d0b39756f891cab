import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/** The client's side of one WebSocket, as cheap as can be. Lives on its loop. */
abstract class SocketClient extends FrameReader {
  private static final int MASKED = 0x80;
  private static final int SHORT_MAX = 125;
  private static final int TWO_BYTES = 126;

  /** More than the server sends at once, so that one system call reads it all. */
  private static final int READ_BYTES = 16 * 1024;

  private final String path;
  private final CompletableFuture<Void> opened = new CompletableFuture<>();
  private final int mask = ThreadLocalRandom.current().nextInt();
  private ChannelHandlerContext ctx;

  SocketClient(String path) {
    this.path = path;
  }

  /** Connects from and to loopback addresses; the future is done once frames may be sent. */
  CompletableFuture<Void> connect(EventLoopGroup loops, String from, int port) {
    new Bootstrap()
        .group(loops)
        .channel(EpollSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_BYTES))
        .handler(this)
        .localAddress(from, 0)
        .connect("127.0.0.1", port)
        .addListener(connected -> {
          if (!connected.isSuccess()) {
            opened.completeExceptionally(connected.cause());
          }
        });
    return opened;
  }

  /** On its loop; goes out with the next flush. */
  void send(String json) {
    ByteBuf text = ctx.alloc().buffer(json.length());
    text.writeCharSequence(json, StandardCharsets.US_ASCII);
    send(TEXT, text, text.readableBytes());
    text.release();
  }

  private void send(int opcode, ByteBuf payload, int length) {
    ByteBuf frame = ctx.alloc().buffer(length + 8);
    frame.writeByte(0x80 | opcode);
    if (length <= SHORT_MAX) {
      frame.writeByte(MASKED | length);
    } else {
      frame.writeByte(MASKED | TWO_BYTES).writeShort(length);
    }
    frame.writeInt(mask);
    for (int i = 0; i < length; i++) {
      frame.writeByte(payload.getByte(payload.readerIndex() + i) ^ mask >>> (24 - 8 * (i & 3)));
    }
    ctx.write(frame);
  }

  @Override
  final void frame(ChannelHandlerContext context, int opcode, ByteBuf payload, int bytes) {
    switch (opcode) {
      case TEXT -> text(payload, bytes);
      case PING -> send(PONG, payload, bytes);
      case CLOSE -> context.close();
      default -> {}
    }
  }

  /** A message came: {@code bytes} from the reader index on, not to be kept. */
  abstract void text(ByteBuf payload, int bytes);

  void flush() {
    ctx.flush();
  }

  void close() {
    if (ctx != null) {
      ctx.close();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    ctx = context;
    String request =
        "GET "
            + path
            + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    ByteBuf bytes = ctx.alloc().buffer(request.length());
    bytes.writeCharSequence(request, StandardCharsets.US_ASCII);
    ctx.writeAndFlush(bytes);
  }

  @Override
  boolean isOpen() {
    return opened.isDone();
  }

  @Override
  int head(ChannelHandlerContext context, ByteBuf bytes) {
    int end = HttpHead.end(bytes);
    if (end < 0) {
      return 0;
    }
    int length = end - bytes.readerIndex();
    String head = bytes.toString(bytes.readerIndex(), length, StandardCharsets.US_ASCII);
    if (head.startsWith("HTTP/1.1 101 ")) {
      opened.complete(null);
    } else {
      opened.completeExceptionally(new IOException("no WebSocket: " + head.lines().findFirst()));
      close();
    }
    return length;
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    super.channelInactive(context);
    opened.completeExceptionally(new IOException("closed while opening"));
    lost();
  }

  /** The connection has ended. */
  abstract void lost();
}
