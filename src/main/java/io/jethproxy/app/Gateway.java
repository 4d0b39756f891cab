package io.jethproxy.app;

import io.jethproxy.call.Ticker;
import io.jethproxy.config.Config;
import io.jethproxy.observe.Metrics;
import io.jethproxy.observe.Tracing;
import io.jethproxy.server.Calls;
import io.jethproxy.server.Health;
import io.jethproxy.server.Listener;
import io.jethproxy.transport.HttpTransport;
import io.jethproxy.transport.Loops;
import java.net.BindException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running whole: starts, drains, stops. */
public final class Gateway implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  /** Orchestrators kill after 30 s as a rule: what is not answered by then is not going to be. */
  private static final long FINISH_NANOS_MAX = TimeUnit.SECONDS.toNanos(25);

  /** What a gateway is made of. */
  record Parts(
      Config config,
      Loops loops,
      Ticker ticker,
      Health health,
      Calls calls,
      Listener rpc,
      Listener management,
      List<Following> followings,
      List<SocketFollowing> sockets,
      List<HttpTransport> transports,
      List<ExecutorService> pools,
      List<String> stages,
      Metrics metrics,
      Tracing tracing) {}

  private final Parts parts;
  private final AtomicBoolean closed = new AtomicBoolean();

  Gateway(Parts parts) {
    this.parts = parts;
  }

  /**
   * Binds both listeners and begins to follow the providers; does not wait for them.
   *
   * @throws BindException when an address is taken
   */
  public void start() throws BindException {
    Config config = parts.config;
    Config.Management management = config.management();
    bind(parts.management, management.host(), management.port(), "MANAGEMENT_");
    bind(parts.rpc, config.server().host(), config.server().port(), "");
    parts.followings.forEach(Following::start);
    parts.sockets.forEach(SocketFollowing::start);
    parts.health.started();
  }

  private static void bind(Listener listener, String host, int port, String prefix)
      throws BindException {
    try {
      listener.bind(host, port);
    } catch (BindException e) {
      throw new BindException(
          "%s; %sHOST and %sPORT choose another".formatted(e.getMessage(), prefix, prefix));
    }
  }

  /** The port of the clients' listener. */
  public int port() {
    return parts.rpc.port();
  }

  /** The port of the operators' listener. */
  public int managementPort() {
    return parts.management.port();
  }

  /** The names of the stages, first to last. */
  public List<String> stages() {
    return parts.stages;
  }

  Metrics metrics() {
    return parts.metrics;
  }

  /**
   * Stops without losing a request: says so on {@code /ready} and {@code /health}, serves on for
   * the drain time so that balancers can look elsewhere, then takes no more and finishes what is
   * under way. Blocks; not for an event loop.
   *
   * @param hurry opens when somebody wants it over now
   */
  public void drain(CountDownLatch hurry) throws InterruptedException {
    Config config = parts.config;
    LOG.info("draining for {} s", config.drainSeconds());
    parts.health.startDraining();
    parts.rpc.startDraining();
    boolean hurried = hurry.await(config.drainSeconds(), TimeUnit.SECONDS);
    parts.rpc.stopAccepting();
    long since = parts.ticker.nanos();
    long most = Math.min(config.requests().longRequestTimeoutNanos(), FINISH_NANOS_MAX);
    while (!hurried && isBusy() && parts.ticker.nanos() - since < most) {
      hurried = hurry.await(20, TimeUnit.MILLISECONDS);
    }
    close();
    LOG.info("stopped");
  }

  private boolean isBusy() {
    return parts.calls.open() > 0 || parts.rpc.connections() > 0;
  }

  /** Stops at once; does nothing the second time. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    parts.sockets.forEach(SocketFollowing::stop);
    parts.followings.forEach(Following::stop);
    parts.rpc.close();
    parts.management.close();
    parts.transports.forEach(HttpTransport::close);
    parts.loops.close();
    parts.pools.forEach(ExecutorService::shutdownNow);
    parts.metrics.close();
    parts.tracing.close();
  }
}
