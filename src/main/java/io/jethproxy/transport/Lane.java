package io.jethproxy.transport;

import io.jethproxy.call.Ticker;
import io.jethproxy.call.Trouble;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one provider that belong to one event loop, so that a call never changes
 * threads. Idle connections are kept last in, first out, and closed after a while; at most {@link
 * #CONNECTIONS_MAX} are open, beyond which an exchange ends as busy.
 */
final class Lane {

  static final byte[] NOTHING = new byte[0];

  private static final int CONNECTIONS_MAX = 512;
  private static final int ADDRESSES_MAX = 4;
  private static final int CONNECT_MILLIS = 1_000;

  /** Less than the second that a person notices: a dead address must not hide a living one. */
  private static final int CONNECT_MILLIS_WHEN_MORE = 250;

  private static final long TLS_MILLIS = 3_000;
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(45);

  private static final byte[] TRACE = "\r\ntraceparent: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};

  private record Idle(Connection connection, long sinceNanos) {}

  private final Target target;
  private final Addresses addresses;
  private final @Nullable SslContext tls;
  private final BodyBudget budget;
  private final long bodyBytesMax;
  private final Ticker ticker;
  private final EventLoop loop;
  private final Bootstrap bootstrap;
  private final ArrayDeque<Idle> idle = new ArrayDeque<>();
  private int open;
  private int preferred;
  private Ticker.@Nullable Alarm sweep;
  private boolean closed;

  Lane(HttpTransport transport, EventLoop loop, Class<? extends Channel> channelType) {
    this.target = transport.target();
    this.addresses = transport.addresses();
    this.tls = transport.tls();
    this.budget = transport.budget();
    this.bodyBytesMax = transport.bodyBytesMax();
    this.ticker = transport.ticker();
    this.loop = loop;
    this.bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(channelType)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    prepare(channel);
                  }
                });
  }

  long bodyBytesMax() {
    return bodyBytesMax;
  }

  BodyBudget budget() {
    return budget;
  }

  void submit(HttpExchange exchange) {
    Idle next;
    while ((next = idle.pollLast()) != null) {
      if (next.connection.isIdle()) {
        next.connection.start(exchange);
        return;
      }
    }
    connect(exchange);
  }

  void connect(HttpExchange exchange) {
    if (closed || open >= CONNECTIONS_MAX) {
      exchange.finish(new Exchanged.Failed(Trouble.BUSY));
      return;
    }
    open++;
    addresses.find(found -> {
      if (loop.inEventLoop()) {
        connect(exchange, found, preferred, 0);
      } else {
        loop.execute(() -> connect(exchange, found, preferred, 0));
      }
    });
  }

  private void connect(HttpExchange exchange, List<InetSocketAddress> found, int first, int tried) {
    if (found.isEmpty() || exchange.isDone()) {
      open--;
      exchange.finish(new Exchanged.Failed(Trouble.DNS));
      return;
    }
    int last = Math.min(found.size(), ADDRESSES_MAX) - 1;
    int index = (first + tried) % (last + 1);
    int millis = tried < last ? CONNECT_MILLIS_WHEN_MORE : CONNECT_MILLIS;
    bootstrap
        .clone()
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis)
        .connect(found.get(index))
        .addListener((ChannelFuture connecting) -> {
          if (connecting.isSuccess()) {
            preferred = index;
            connected(exchange, connecting.channel());
          } else if (tried < last) {
            connect(exchange, found, first, tried + 1);
          } else {
            open--;
            exchange.finish(new Exchanged.Failed(troubleOf(connecting.cause())));
          }
        });
  }

  private static Trouble troubleOf(Throwable cause) {
    return cause instanceof ConnectTimeoutException ? Trouble.CONNECT_TIMEOUT : Trouble.UNREACHABLE;
  }

  private void connected(HttpExchange exchange, Channel channel) {
    Connection connection = channel.pipeline().get(Connection.class);
    SslHandler handshake = channel.pipeline().get(SslHandler.class);
    if (handshake == null) {
      ready(exchange, connection);
      return;
    }
    handshake
        .handshakeFuture()
        .addListener(shaken -> {
          if (shaken.isSuccess()) {
            ready(exchange, connection);
          } else {
            Trouble trouble = troubleOf(shaken.cause(), channel);
            connection.close();
            exchange.finish(new Exchanged.Failed(trouble));
          }
        });
  }

  /** What the two could not agree on is said while both are there; else the line is to blame. */
  private static Trouble troubleOf(Throwable handshake, Channel channel) {
    if (handshake instanceof SslHandshakeTimeoutException) {
      return Trouble.CONNECT_TIMEOUT;
    }
    return channel.isActive() ? Trouble.TLS : Trouble.BROKEN;
  }

  private void ready(HttpExchange exchange, Connection connection) {
    if (exchange.isDone()) {
      release(connection);
    } else if (connection.isIdle()) {
      connection.start(exchange);
    } else {
      connection.close();
      exchange.finish(new Exchanged.Failed(Trouble.BROKEN));
    }
  }

  private void prepare(Channel channel) {
    if (tls != null) {
      SslHandler handler = tls.newHandler(channel.alloc(), target.host(), target.port());
      handler.setHandshakeTimeoutMillis(TLS_MILLIS);
      channel.pipeline().addLast(handler);
    }
    StrictResponseDecoder decoder = new StrictResponseDecoder();
    channel.pipeline().addLast(decoder, new Connection(this, channel, decoder::hasLeftOver));
  }

  ByteBuf requestBytes(ByteBufAllocator allocator, HttpExchange exchange) {
    byte[] head = target.head();
    byte[] body = exchange.body();
    String trace = exchange.traceparent();
    int extra = trace.isEmpty() ? 0 : TRACE.length + trace.length();
    ByteBuf bytes = allocator.ioBuffer(head.length + 16 + extra + body.length);
    bytes.writeBytes(head);
    bytes.writeCharSequence(Integer.toString(body.length), StandardCharsets.US_ASCII);
    if (extra > 0) {
      bytes.writeBytes(TRACE).writeCharSequence(trace, StandardCharsets.US_ASCII);
    }
    return bytes.writeBytes(HEAD_END).writeBytes(body);
  }

  /** The connection may carry another exchange. */
  void release(Connection connection) {
    if (closed || !connection.isIdle()) {
      connection.close();
      return;
    }
    idle.addLast(new Idle(connection, ticker.nanos()));
    if (sweep == null) {
      sweep = ticker.alarm(IDLE_NANOS, this::sweep);
    }
  }

  /** The connection is gone; called once for each. */
  void closed(Connection connection) {
    open--;
    idle.removeIf(entry -> entry.connection == connection);
  }

  private void sweep() {
    sweep = null;
    Idle oldest;
    while ((oldest = idle.peekFirst()) != null
        && ticker.nanos() - oldest.sinceNanos >= IDLE_NANOS) {
      idle.pollFirst();
      oldest.connection.close();
    }
    if (!idle.isEmpty()) {
      sweep = ticker.alarm(IDLE_NANOS, this::sweep);
    }
  }

  /** Closes the idle connections; those in use close when they are released. */
  void close() {
    closed = true;
    if (sweep != null) {
      sweep.cancel();
      sweep = null;
    }
    List.copyOf(idle).forEach(entry -> entry.connection.close());
  }

  /** Refuses what a lenient reader would repair: two ways to tell the length of one body. */
  private static final class StrictResponseDecoder extends HttpResponseDecoder {

    private static final int HEADER_BYTES_MAX = 32 * 1024;

    StrictResponseDecoder() {
      super(
          new HttpDecoderConfig()
              .setMaxInitialLineLength(4096)
              .setMaxHeaderSize(HEADER_BYTES_MAX)
              .setMaxChunkSize(64 * 1024)
              .setAllowDuplicateContentLengths(false)
              .setUseRfc9112TransferEncoding(true));
    }

    /** Whether bytes came that are not part of a complete message (yet). */
    boolean hasLeftOver() {
      return actualReadableBytes() > 0;
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
      throw new IllegalArgumentException("both Content-Length and Transfer-Encoding");
    }
  }
}
