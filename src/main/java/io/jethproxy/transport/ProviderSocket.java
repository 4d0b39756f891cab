package io.jethproxy.transport;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.jethproxy.call.Ticker;
import io.jethproxy.fleet.Dialler;
import io.jethproxy.fleet.SocketTrouble;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket to a provider, on one event loop, from the first address to its end. Pings are
 * answered; a message over {@link #MESSAGE_BYTES_MAX} or against the rules ends it. Nothing waits
 * in it: what comes goes to the ear at once, what is sent is small.
 */
final class ProviderSocket extends SimpleChannelInboundHandler<Object> implements Dialler.Socket {

  static final int MESSAGE_BYTES_MAX = 1 << 20;

  private static final int ADDRESSES_MAX = 4;
  private static final int CONNECT_MILLIS = 1_000;
  private static final int ANSWER_BYTES_MAX = 64 * 1024;

  /** Connecting to each address, TLS, and the answer to the handshake. */
  private static final long OPENING_NANOS = SECONDS.toNanos(8);

  private final Ticker ticker;
  private final Dialler.Ear ear;
  private final WebSocketClientHandshaker handshaker;
  private @Nullable Channel channel;
  private Ticker.Alarm deadline = () -> {};
  private boolean open;
  private boolean over;

  ProviderSocket(SocketTarget target, Ticker ticker, Dialler.Ear ear) {
    this.ticker = ticker;
    this.ear = ear;
    handshaker =
        WebSocketClientHandshakerFactory.newHandshaker(
            target.uri(),
            WebSocketVersion.V13,
            null,
            false,
            target.headers(),
            MESSAGE_BYTES_MAX,
            true,
            false,
            -1,
            false,
            false);
  }

  // Opening.

  void connect(Addresses addresses, Bootstrap bootstrap) {
    EventLoop loop = (EventLoop) bootstrap.config().group();
    deadline = ticker.alarm(OPENING_NANOS, () -> end(SocketTrouble.CONNECT_TIMEOUT));
    addresses.find(found -> {
      if (loop.inEventLoop()) {
        connect(bootstrap, found, 0);
      } else {
        loop.execute(() -> connect(bootstrap, found, 0));
      }
    });
  }

  private void connect(Bootstrap bootstrap, List<InetSocketAddress> found, int tried) {
    if (over) {
      return;
    }
    if (found.isEmpty()) {
      end(SocketTrouble.DNS);
      return;
    }
    bootstrap
        .clone()
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
        .connect(found.get(tried))
        .addListener((ChannelFuture connecting) -> {
          if (connecting.isSuccess()) {
            connected(connecting.channel());
          } else if (tried + 1 < Math.min(found.size(), ADDRESSES_MAX)) {
            connect(bootstrap, found, tried + 1);
          } else {
            boolean late = connecting.cause() instanceof ConnectTimeoutException;
            end(late ? SocketTrouble.CONNECT_TIMEOUT : SocketTrouble.UNREACHABLE);
          }
        });
  }

  void prepare(Channel prepared) {
    prepared
        .pipeline()
        .addLast(
            new HttpClientCodec(
                new HttpDecoderConfig().setMaxHeaderSize(32 * 1024).setMaxChunkSize(16 * 1024),
                false,
                false),
            new HttpObjectAggregator(ANSWER_BYTES_MAX),
            this);
  }

  private void connected(Channel connected) {
    if (over) {
      connected.close();
      return;
    }
    channel = connected;
    SslHandler tls = connected.pipeline().get(SslHandler.class);
    if (tls == null) {
      handshaker.handshake(connected);
      return;
    }
    tls.handshakeFuture()
        .addListener(shaken -> {
          if (shaken.isSuccess()) {
            handshaker.handshake(connected);
          } else {
            end(connected.isActive() ? SocketTrouble.TLS : SocketTrouble.BROKEN);
          }
        });
  }

  private void finish(Channel shaken, FullHttpResponse answer) {
    SocketTrouble refusal = refusal(answer.status().code());
    if (refusal != null) {
      end(refusal);
      return;
    }
    try {
      handshaker.finishHandshake(shaken, answer);
    } catch (WebSocketHandshakeException e) {
      end(SocketTrouble.NO_WEBSOCKET);
      return;
    }
    // finishHandshake removes the aggregator of HTTP and puts the codec of frames in its place.
    String name = shaken.pipeline().context(this).name();
    shaken.pipeline().addBefore(name, null, new Utf8FrameValidator(false));
    shaken.pipeline().addBefore(name, null, new WebSocketFrameAggregator(MESSAGE_BYTES_MAX));
    deadline.cancel();
    open = true;
    ear.opened();
  }

  /** What the status of an answer to the handshake means; null when it is accepted. */
  private static @Nullable SocketTrouble refusal(int status) {
    return switch (status) {
      case 101 -> null;
      case 401, 403 -> SocketTrouble.AUTH;
      case 402 -> SocketTrouble.BILLING;
      case 429 -> SocketTrouble.BUSY;
      default -> status >= 500 ? SocketTrouble.BUSY : SocketTrouble.NO_WEBSOCKET;
    };
  }

  // What comes.

  @Override
  protected void channelRead0(ChannelHandlerContext context, Object message) {
    if (over) {
      return;
    }
    switch (message) {
      case FullHttpResponse answer when !open -> finish(context.channel(), answer);
      case WebSocketFrame frame when open -> read(context, frame);
      default -> end(SocketTrouble.MALFORMED);
    }
  }

  private void read(ChannelHandlerContext context, WebSocketFrame frame) {
    ear.stirred();
    switch (frame) {
      case TextWebSocketFrame text -> ear.heard(ByteBufUtil.getBytes(text.content()));
      case PingWebSocketFrame ping -> pong(context, ping);
      case PongWebSocketFrame _ -> {
        // that it came is all there is to it
      }
      case CloseWebSocketFrame _ -> {
        context.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE));
        end(SocketTrouble.CLOSED);
      }
      default -> ear.unheard();
    }
  }

  /** Whoever asks without reading gets no more answers than fit. */
  private static void pong(ChannelHandlerContext context, PingWebSocketFrame ping) {
    if (context.channel().isWritable()) {
      context.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    end(open ? SocketTrouble.CLOSED : SocketTrouble.BROKEN);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    end(troubleOf(cause));
  }

  private SocketTrouble troubleOf(Throwable cause) {
    return switch (cause) {
      case CorruptedWebSocketFrameException corrupted
          when corrupted.closeStatus().equals(WebSocketCloseStatus.MESSAGE_TOO_BIG) ->
          SocketTrouble.TOO_LARGE;
      case TooLongFrameException _ -> open ? SocketTrouble.TOO_LARGE : SocketTrouble.NO_WEBSOCKET;
      case CorruptedFrameException _ -> SocketTrouble.MALFORMED;
      case Exception e when e.getCause() instanceof SSLException -> SocketTrouble.TLS;
      default -> SocketTrouble.BROKEN;
    };
  }

  // From here.

  @Override
  public void send(byte[] text) {
    Channel to = channel;
    if (open && !over && to != null) {
      to.writeAndFlush(new TextWebSocketFrame(Unpooled.wrappedBuffer(text)), to.voidPromise());
    }
  }

  @Override
  public void ping() {
    Channel to = channel;
    if (open && !over && to != null) {
      to.writeAndFlush(new PingWebSocketFrame(), to.voidPromise());
    }
  }

  @Override
  public void close() {
    if (!over) {
      over = true;
      takeLeave();
      hangUp();
    }
  }

  /** In the orderly way, but without waiting for the peer's word: it may be gone. */
  private void takeLeave() {
    Channel to = channel;
    if (open && to != null) {
      to.writeAndFlush(
          new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE), to.voidPromise());
    }
  }

  private void end(SocketTrouble trouble) {
    if (!over) {
      over = true;
      hangUp();
      ear.ended(trouble);
    }
  }

  private void hangUp() {
    deadline.cancel();
    if (channel != null) {
      channel.close();
    }
  }
}
