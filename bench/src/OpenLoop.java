import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Load at a constant rate whatever the proxy does: each request has its moment beforehand, and its
 * latency counts from that moment, so a stall is seen by all the requests that should have been
 * sent in it (no coordinated omission).
 */
final class OpenLoop implements AutoCloseable {
  /**
   * Percentiles over all requests of one run, in milliseconds; {@code failed} were not answered 200
   * with a result in time.
   */
  record Result(long requests, long failed, double p50Millis, double p99Millis, double maxMillis) {}

  private static final int STRAGGLERS_SECONDS = 5;
  private static final int BODY_BYTES_MAX = 1 << 20;

  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final int connections;
  private long asked = System.nanoTime() & 0xffff_ffffL;

  OpenLoop(int connections) {
    this.connections = connections;
  }

  Result run(int port, int perSecond, int seconds) throws InterruptedException, ExecutionException {
    Run run = new Run(loops.next(), perSecond, perSecond * seconds);
    for (int i = 0; i < connections; i++) {
      run.connect(port);
    }
    try {
      return run.begin();
    } finally {
      run.loop.execute(run::disconnect);
    }
  }

  @Override
  public void close() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /** One run; touched only by its loop once begun. */
  private final class Run {
    private final IoEventLoop loop;
    private final long intervalNanos;
    private final long[] latencyNanos;
    private final Deque<Channel> idle = new ArrayDeque<>();
    private final Deque<Channel> busy = new ArrayDeque<>();
    private final Deque<Long> waiting = new ArrayDeque<>();
    private final CompletableFuture<Result> result = new CompletableFuture<>();
    private int due;
    private int answered;
    private int failed;
    private long startNanos;

    Run(IoEventLoop loop, int perSecond, int requests) {
      this.loop = loop;
      this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
      this.latencyNanos = new long[requests];
    }

    void connect(int port) throws InterruptedException {
      Channel channel =
          new Bootstrap()
              .group(loop)
              .channel(EpollSocketChannel.class)
              .option(ChannelOption.TCP_NODELAY, true)
              .handler(
                  new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel socket) {
                      socket
                          .pipeline()
                          .addLast(
                              new HttpClientCodec(),
                              new HttpObjectAggregator(BODY_BYTES_MAX),
                              new Asker(Run.this));
                    }
                  })
              .connect("127.0.0.1", port)
              .sync()
              .channel();
      idle.push(channel);
    }

    Result begin() throws InterruptedException, ExecutionException {
      loop.execute(() -> {
        startNanos = System.nanoTime();
        sendDue();
      });
      return result.get();
    }

    private void sendDue() {
      while (due < latencyNanos.length) {
        long moment = startNanos + due * intervalNanos;
        long wait = moment - System.nanoTime();
        if (wait > 0) {
          loop.schedule(this::sendDue, wait, TimeUnit.NANOSECONDS);
          return;
        }
        due++;
        waiting.add(moment);
        sendWaiting();
      }
      loop.schedule(this::conclude, STRAGGLERS_SECONDS, TimeUnit.SECONDS);
    }

    private void sendWaiting() {
      while (!waiting.isEmpty() && !idle.isEmpty()) {
        Channel channel = idle.pop();
        busy.add(channel);
        channel.pipeline().get(Asker.class).ask(channel, waiting.remove());
      }
    }

    void answered(Channel channel, long moment, boolean right) {
      busy.remove(channel);
      idle.push(channel);
      latencyNanos[answered++] = System.nanoTime() - moment;
      failed += right ? 0 : 1;
      sendWaiting();
      if (answered == latencyNanos.length) {
        conclude();
      }
    }

    void lost(Channel channel) {
      busy.remove(channel);
      idle.remove(channel);
    }

    private void disconnect() {
      List.copyOf(idle).forEach(Channel::close);
      List.copyOf(busy).forEach(Channel::close);
    }

    private void conclude() {
      if (result.isDone()) {
        return;
      }
      int missing = latencyNanos.length - answered;
      Arrays.fill(
          latencyNanos,
          answered,
          latencyNanos.length,
          TimeUnit.SECONDS.toNanos(STRAGGLERS_SECONDS));
      Arrays.sort(latencyNanos);
      result.complete(
          new Result(
              latencyNanos.length, failed + missing, millisAt(0.50), millisAt(0.99), millisAt(1)));
    }

    private double millisAt(double quantile) {
      int index = (int) Math.ceil(quantile * latencyNanos.length) - 1;
      return latencyNanos[Math.max(index, 0)] / 1e6;
    }
  }

  /** One connection, one request at a time. */
  private final class Asker extends SimpleChannelInboundHandler<FullHttpResponse> {
    private static final byte[] RESULT = "\"result\"".getBytes(StandardCharsets.US_ASCII);

    private final Run run;
    private long moment;

    Asker(Run run) {
      this.run = run;
    }

    void ask(Channel channel, long intendedNanos) {
      moment = intendedNanos;
      String body =
          "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_getBalance\",\"params\":[\"0x%040x\",\"latest\"]}"
              .formatted(++asked);
      ByteBuf content = channel.alloc().buffer(body.length());
      content.writeCharSequence(body, StandardCharsets.US_ASCII);
      var request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/", content);
      request
          .headers()
          .set(HttpHeaderNames.HOST, "127.0.0.1")
          .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
          .set(HttpHeaderNames.CONTENT_LENGTH, body.length());
      channel.writeAndFlush(request, channel.voidPromise());
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
      boolean right = response.status().code() == 200 && contains(response.content(), RESULT);
      run.answered(ctx.channel(), moment, right);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      run.lost(ctx.channel());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }

    private static boolean contains(ByteBuf content, byte[] wanted) {
      return content
          .toString(StandardCharsets.US_ASCII)
          .contains(new String(wanted, StandardCharsets.US_ASCII));
    }
  }
}
