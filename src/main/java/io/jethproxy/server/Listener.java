package io.jethproxy.server;

import io.jethproxy.call.Ticker;
import io.jethproxy.transport.Loops;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One listening port with its connections; the {@link Site} behind it does the rest. */
public final class Listener {

  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

  private final Loops loops;
  private final Ticker ticker;
  private final HttpLimits limits;
  private final WebSocketLimits webSocketLimits;
  private final Site site;
  private final Gzip gzip;
  private final AcceptGate gate;
  private final Seats seats;
  private final WebSocketCounts webSocketCounts = new WebSocketCounts();
  private final Connections.Shared shared = new Connections.Shared();
  private final Map<EventLoop, Connections> ofLoop = new ConcurrentHashMap<>();
  private volatile boolean draining;
  private volatile boolean stopped;
  private @Nullable Channel channel;

  Listener(
      Loops loops,
      Ticker ticker,
      HttpLimits limits,
      WebSocketLimits webSocketLimits,
      Site site,
      Executor workers) {
    this.loops = loops;
    this.ticker = ticker;
    this.limits = limits;
    this.webSocketLimits = webSocketLimits;
    this.seats = new Seats(webSocketsMax(limits.connectionsMax()), webSocketLimits.perAddressMax());
    this.site = site;
    this.gzip = new Gzip(workers);
    this.gate = new AcceptGate(limits.connectionsMax(), ticker, () -> closeLongestIdle(() -> {}));
    for (EventLoop loop : loops.all()) {
      ofLoop.put(loop, new Connections(ticker, limits, shared, new Compression(workers, loop)));
    }
  }

  /** No WebSocket is ever closed to make room, so an eighth of all is left to the others. */
  private static int webSocketsMax(int connectionsMax) {
    return Math.max(1, connectionsMax - connectionsMax / 8);
  }

  /**
   * Starts to listen.
   *
   * @param port 0 for any free one
   * @throws BindException when the address is taken or not ours
   */
  public void bind(String host, int port) throws BindException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.serverChannelType())
            .option(ChannelOption.SO_BACKLOG, 4_096)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .handler(gate)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel child) {
                    accept(child);
                  }
                });
    if (loops.serverChannelType() == EpollServerSocketChannel.class) {
      // Else the kernel takes megabytes for a client that reads slowly, and hides that it reads.
      bootstrap.childOption(EpollChannelOption.TCP_NOTSENT_LOWAT, (long) AnswerWriter.PIECE_BYTES);
    }
    InetSocketAddress address = new InetSocketAddress(host, port);
    var bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new BindException(BindTrouble.of(host, address, bound.cause()));
    }
    channel = bound.channel();
  }

  private void accept(Channel child) {
    child.closeFuture().addListener(_ -> gate.left(child));
    Connections connections = ofLoop.get(child.eventLoop());
    if (connections == null) {
      child.close();
      return;
    }
    if (shared.open.get() < limits.connectionsMax()
        || closeLongestIdle(() -> closeBeyondBound(child))) {
      new HttpConnection(this, connections, child).open();
    } else {
      child.close();
    }
  }

  /** None was idle any more; by now there may be room all the same. */
  private void closeBeyondBound(Channel newcomer) {
    if (shared.open.get() > limits.connectionsMax()) {
      newcomer.close();
    }
  }

  /**
   * Makes room at the cost of the longest idle connection, on whatever loop it is; false when none
   * is idle.
   *
   * @param instead what to do if it turns out later that none is idle any more
   */
  private boolean closeLongestIdle(Runnable instead) {
    long now = ticker.nanos();
    EventLoop loopOfLongest = null;
    long longestNanos = -1;
    for (var entry : ofLoop.entrySet()) {
      Connections connections = entry.getValue();
      long idleNanos = Math.max(0, now - connections.longestIdleSinceNanos());
      if (connections.isAnyIdle() && idleNanos > longestNanos) {
        loopOfLongest = entry.getKey();
        longestNanos = idleNanos;
      }
    }
    if (loopOfLongest == null) {
      return false;
    }
    Connections longest = ofLoop.get(loopOfLongest);
    if (longest == null) {
      return false;
    }
    if (loopOfLongest.inEventLoop()) {
      return longest.closeLongestIdle();
    }
    loopOfLongest.execute(() -> {
      if (!longest.closeLongestIdle()) {
        instead.run();
      }
    });
    return true;
  }

  /** The port that is listened on. */
  public int port() {
    Channel listening = channel;
    if (listening == null) {
      throw new IllegalStateException("not bound");
    }
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  /** Connections open now. */
  public int connections() {
    return shared.open.get();
  }

  /**
   * From now on answers carry {@code Connection: close} and no WebSocket is opened; new connections
   * are still taken.
   */
  public void startDraining() {
    draining = true;
  }

  /** Stops listening and closes idle connections and WebSockets; those with work finish it. */
  public void stopAccepting() {
    stopped = true;
    if (channel != null) {
      channel.close().awaitUninterruptibly();
    }
    onEachLoop(Connections::drain);
  }

  /** Closes everything now. */
  public void close() {
    stopAccepting();
    onEachLoop(Connections::close);
  }

  private void onEachLoop(Consumer<Connections> action) {
    ofLoop.forEach((loop, connections) -> {
      if (!loop.isShuttingDown()) {
        loop.execute(() -> action.accept(connections));
      }
    });
  }

  boolean isDraining() {
    return draining;
  }

  /** Whether no further connection is taken, so that none is kept without need. */
  boolean isStopped() {
    return stopped;
  }

  /** What happened on the WebSockets of this listener. */
  public WebSocketCounts webSocketCounts() {
    return webSocketCounts;
  }

  WebSocketLimits webSocketLimits() {
    return webSocketLimits;
  }

  Seats seats() {
    return seats;
  }

  HttpLimits limits() {
    return limits;
  }

  Ticker ticker() {
    return ticker;
  }

  Site site() {
    return site;
  }

  Gzip gzip() {
    return gzip;
  }

  void defect(Throwable cause) {
    LOG.atError().setCause(cause).log("a defect in the edge; the connection was closed");
  }
}
