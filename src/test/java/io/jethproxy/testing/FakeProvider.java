package io.jethproxy.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A real HTTP/1.1 and WebSocket server on a loopback port that speaks JSON-RPC about a {@link
 * FakeWorld}, unless its script says otherwise: {@code provider.on("eth_call").times(2).status(429,
 * "slow down")}. Script and world may be changed while it runs. Holds at most 4,096 connections;
 * everything ends with {@link #close}.
 */
public final class FakeProvider implements AutoCloseable {

  private static final int CONNECTIONS_MAX = 4_096;
  private static final Duration HANDSHAKE = Duration.ofSeconds(10);

  private final FakeWorld world;
  private final RequestLog log = new RequestLog();
  private final Frost frost = new Frost();
  private final FakeSockets sockets;
  private final List<Rule> script = new CopyOnWriteArrayList<>();
  private final Set<ProviderConnection> connections = ConcurrentHashMap.newKeySet();
  private final AtomicLong order = new AtomicLong();
  private final AtomicLong heard = new AtomicLong();
  private final Map<Integer, CountDownLatch> knocking = new ConcurrentHashMap<>();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger abandoned = new AtomicInteger();
  private final int port;
  private volatile long releasedOrder;
  private volatile int requestsPerConnection = Integer.MAX_VALUE;
  private volatile boolean resetsWhenSpent;
  private volatile ServerSocket listener;
  private volatile Thread acceptor;

  private FakeProvider(FakeWorld world) {
    this.world = world;
    this.sockets = new FakeSockets(this, log);
    this.listener = listen(0);
    this.port = listener.getLocalPort();
  }

  /** A provider of mainnet at block 1,000. */
  public static FakeProvider start() {
    return start(FakeWorld.ofChain(1));
  }

  public static FakeProvider start(FakeWorld world) {
    return new FakeProvider(world);
  }

  public FakeWorld world() {
    return world;
  }

  public int port() {
    return port;
  }

  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** The same address with user, password, path key and query key of the canaries. */
  public String urlWithSecrets(Canaries canaries) {
    return "http://%s:%s@127.0.0.1:%d/v2/%s?apikey=%s"
        .formatted(
            canaries.user(), canaries.password(), port, canaries.pathKey(), canaries.queryKey());
  }

  /** The address of its WebSocket side. */
  public String wsUrl() {
    return url().replace("http:", "ws:");
  }

  /** Its WebSocket side. */
  public FakeSockets sockets() {
    return sockets;
  }

  public URI uri() {
    return URI.create(url());
  }

  // The script.

  /** Begins a rule for one method; as a batch, for its items of that method. */
  public Rule on(String method) {
    return new Rule(this, asked -> asked.method().equals(method));
  }

  /** Begins a rule for everything. */
  public Rule always() {
    return new Rule(this, asked -> true);
  }

  /** Forgets all rules; the world answers again. Counts and held requests stay. */
  public FakeProvider forgetScript() {
    script.clear();
    requestsPerConnection = Integer.MAX_VALUE;
    return this;
  }

  /** Closes each connection after {@code n} answers without announcing it. */
  public FakeProvider closeEvery(int n) {
    resetsWhenSpent = false;
    requestsPerConnection = n;
    return this;
  }

  /** Resets each connection after {@code n} answers. */
  public FakeProvider resetEvery(int n) {
    resetsWhenSpent = true;
    requestsPerConnection = n;
    return this;
  }

  /** Answers all that was asked until now and is held; what comes later is held again. */
  public void release() {
    releasedOrder = order.get();
  }

  // What came.

  /** Everything asked, in order; at most the last 100,000. */
  public List<Asked> asked() {
    return log.all();
  }

  public List<Asked> asked(String method) {
    return log.all().stream().filter(asked -> asked.method().equals(method)).toList();
  }

  public int count() {
    return log.total();
  }

  public int count(String method) {
    return log.count(method);
  }

  /** Starts counting and recording afresh. */
  public FakeProvider forgetAsked() {
    log.forget();
    return this;
  }

  /** Waits until {@code method} was asked {@code n} times in all and gives what was asked. */
  public List<Asked> awaitRequests(String method, int n, Duration atMost) {
    log.await(n + " × " + method, atMost, () -> log.count(method) >= n);
    return asked(method);
  }

  /** Waits until {@code n} requests of any method came in all. */
  public List<Asked> awaitRequests(int n, Duration atMost) {
    log.await(n + " requests", atMost, () -> log.total() >= n);
    return asked();
  }

  /** Connections accepted so far, those reset on accept included. */
  public int connectionsAccepted() {
    return accepted.get();
  }

  /** Waits until {@code n} connections were accepted in all; works while frozen. */
  public void awaitConnectionsAccepted(int n, Duration atMost) {
    log.await(n + " connections", atMost, () -> accepted.get() >= n);
  }

  public int openConnections() {
    return connections.size();
  }

  /** Waits until exactly {@code n} connections are open. */
  public void awaitOpenConnections(int n, Duration atMost) {
    log.await(n + " open connections", atMost, () -> connections.size() == n);
  }

  /** Requests whose client hung up before their answer was sent. */
  public int abandoned() {
    return abandoned.get();
  }

  /** Waits until {@code n} requests were abandoned in all. */
  public void awaitAbandoned(int n, Duration atMost) {
    log.await(n + " abandoned requests", atMost, () -> abandoned.get() >= n);
  }

  // Life and death.

  /** As a crash: refuses connections and resets those it has. */
  public void kill() {
    closeListener();
    connections.forEach(ProviderConnection::reset);
    awaitOpenConnections(0, HANDSHAKE);
  }

  /** Listens again on the same port after {@link #kill}. */
  public void revive() {
    if (!listener.isClosed()) {
      throw new IllegalStateException("revive: the provider lives (expected: killed before)");
    }
    frost.off();
    listener = listen(port);
  }

  /** As SIGSTOP: accepts connections and requests, does nothing with them. */
  public void freeze() {
    frost.on();
  }

  /** As SIGCONT: goes on where it stopped. */
  public void thaw() {
    frost.off();
  }

  @Override
  public void close() {
    closeListener();
    frost.off();
    connections.forEach(ProviderConnection::reset);
    release();
  }

  // For those who wait until nothing happens any more.

  /** Returns when all connections that were asked for are taken; none of its own is counted. */
  void takeWhoConnects() {
    if (listener.isClosed()) {
      return;
    }
    try (Socket last = new Socket()) {
      last.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
      CountDownLatch taken = new CountDownLatch(1);
      knocking.put(last.getLocalPort(), taken);
      last.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
      if (!taken.await(HANDSHAKE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("nobody takes connections at port " + port);
      }
    } catch (IOException killed) {
      log.change(() -> {});
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether all that was said is heard and answered, save what the script holds up. */
  boolean isStill() {
    return connections.stream().allMatch(ProviderConnection::isStill);
  }

  /** Bytes that came, and ends of connections. */
  long bytesHeard() {
    return heard.get();
  }

  AtomicLong heard() {
    return heard;
  }

  // For the connections.

  FakeProvider add(Rule rule) {
    script.add(rule);
    return this;
  }

  Delivery held(Asked asked) {
    return Delivery.heldWhile(() -> asked.order() >= releasedOrder);
  }

  Optional<Rule> ruleFor(Asked asked) {
    return script.stream().filter(rule -> rule.takes(asked)).findFirst();
  }

  long nextOrder() {
    return order.getAndIncrement();
  }

  Frost frost() {
    return frost;
  }

  void record(Asked asked) {
    log.add(asked);
  }

  boolean isSpent(int answers) {
    return answers >= requestsPerConnection;
  }

  boolean resetsWhenSpent() {
    return resetsWhenSpent;
  }

  void abandon() {
    log.change(abandoned::incrementAndGet);
  }

  void forget(ProviderConnection connection) {
    log.change(() -> connections.remove(connection));
  }

  private ServerSocket listen(int wantedPort) {
    try {
      ServerSocket socket = new ServerSocket();
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), wantedPort), 1_024);
      acceptor = Thread.ofVirtual().name("provider-accept").start(() -> accept(socket));
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept(ServerSocket from) {
    while (!from.isClosed()) {
      try {
        accepted(from.accept(), from);
      } catch (IOException e) {
        if (!from.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void accepted(Socket socket, ServerSocket from) throws IOException {
    CountDownLatch knock = knocking.remove(socket.getPort());
    if (knock != null) {
      socket.close();
      knock.countDown();
      return;
    }
    int number = accepted.incrementAndGet();
    log.change(() -> {});
    ProviderConnection connection = new ProviderConnection(this, socket, number);
    boolean unwanted =
        script.stream().anyMatch(rule -> rule.isForAccept() && rule.spend())
            || connections.size() >= CONNECTIONS_MAX;
    if (unwanted) {
      connection.reset();
      return;
    }
    log.change(() -> connections.add(connection));
    connection.start();
    if (from.isClosed()) {
      connection.reset(); // accepted while the provider was being killed
    }
  }

  /** The port is closed only when the thread that waits at it has left. */
  private void closeListener() {
    try {
      listener.close();
      acceptor.join(HANDSHAKE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
