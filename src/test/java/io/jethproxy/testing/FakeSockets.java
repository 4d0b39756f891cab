package io.jethproxy.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The WebSocket side of a {@link FakeProvider}, on the same port: tells {@code newHeads} of each
 * new block of its world, and whatever a test says. Questions are recorded with those over HTTP, as
 * of the HTTP method {@code WS}; rules that answer with JSON hold for them, too.
 */
public final class FakeSockets {

  private static final String HEADS = "newHeads";
  private static final String PENDING = "newPendingTransactions";
  private static final int ACCEPTS = 101;

  private final FakeProvider provider;
  private final RequestLog log;
  private final List<FakeSocket> open = new CopyOnWriteArrayList<>();
  private final List<HttpMessage> handshakes = new CopyOnWriteArrayList<>();
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger pings = new AtomicInteger();
  private final AtomicInteger pongs = new AtomicInteger();
  private final List<Integer> closeCodes = new CopyOnWriteArrayList<>();
  private final AtomicLong ids = new AtomicLong(0xabc0);
  private volatile int status = ACCEPTS;
  private volatile String[] refusalHeaders = {};
  private volatile boolean stalled;
  private volatile boolean mute;

  FakeSockets(FakeProvider provider, RequestLog log) {
    this.provider = provider;
    this.log = log;
    provider.world().onNewHead(this::announce);
  }

  // The script.

  /** Answers handshakes with this status from now on. */
  public FakeSockets refuse(int httpStatus, String... headers) {
    refusalHeaders = headers;
    status = httpStatus;
    return this;
  }

  /** Accepts handshakes, tells of blocks and answers again. */
  public FakeSockets behave() {
    status = ACCEPTS;
    stalled = false;
    mute = false;
    return this;
  }

  /** Stays open and answers questions, but tells nothing of its own accord. */
  public FakeSockets stall() {
    stalled = true;
    return this;
  }

  /** Stays open and does nothing, as if the peer had gone without a word. */
  public FakeSockets mute() {
    mute = true;
    return this;
  }

  /** Resets all that are open. */
  public void reset() {
    open.forEach(FakeSocket::reset);
  }

  /** Closes all that are open in the orderly way. */
  public void hangUp(int code) {
    byte[] payload = ByteBuffer.allocate(2).putShort((short) code).array();
    open.forEach(socket -> socket.send(FakeSocket.CLOSE, payload));
  }

  // What it tells.

  /** Tells of a block of its world once more. */
  public void tellBlock(long number) {
    String header = provider.world().header(number);
    open.forEach(socket -> socket.tell(HEADS, header));
  }

  /** Tells this of new blocks, whatever it is. */
  public void tellHeads(String json) {
    open.forEach(socket -> socket.tell(HEADS, json));
  }

  /** Tells of a transaction that waits for a block. */
  public void tellPending(String json) {
    open.forEach(socket -> socket.tell(PENDING, json));
  }

  public void sendText(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    open.forEach(socket -> socket.send(FakeSocket.TEXT, bytes));
  }

  /** Sends a text frame with these bytes, valid or not. */
  public void sendTextBytes(byte[] bytes) {
    open.forEach(socket -> socket.send(FakeSocket.TEXT, bytes));
  }

  public void sendBinary(byte[] bytes) {
    open.forEach(socket -> socket.send(FakeSocket.BINARY, bytes));
  }

  public void sendPing() {
    open.forEach(socket -> socket.send(FakeSocket.PING, new byte[] {1, 2, 3}));
  }

  /** Sends bytes past all framing. */
  public void sendRaw(byte[] bytes) {
    open.forEach(socket -> socket.raw(bytes));
  }

  // What came.

  /** Sockets opened so far. */
  public int opened() {
    return opened.get();
  }

  /** Handshakes refused so far. */
  public int refused() {
    return refused.get();
  }

  public int openNow() {
    return open.size();
  }

  public int pings() {
    return pings.get();
  }

  public int pongs() {
    return pongs.get();
  }

  /** The codes of the close frames that came, answers to those from here among them. */
  public List<Integer> closeCodes() {
    return List.copyOf(closeCodes);
  }

  public int headSubscriptions() {
    return open.stream().mapToInt(socket -> socket.subscriptions(HEADS)).sum();
  }

  public int pendingSubscriptions() {
    return open.stream().mapToInt(socket -> socket.subscriptions(PENDING)).sum();
  }

  /** The requests that asked for a WebSocket, refused ones too. */
  public List<HttpMessage> handshakes() {
    return List.copyOf(handshakes);
  }

  /** Waits in real time until {@code n} sockets are subscribed to new blocks. */
  public void awaitHeadSubscriptions(int n, Duration atMost) {
    log.await(n + " subscriptions", atMost, () -> headSubscriptions() == n);
  }

  // For the connections.

  /** Serves a connection that asked for a WebSocket, until it is over. */
  void serve(InputStream in, Wire wire, int number, HttpMessage handshake) throws IOException {
    handshakes.add(handshake);
    int now = status;
    if (now != ACCEPTS) {
      log.change(refused::incrementAndGet);
      Delivery.status(now, "{}", refusalHeaders).deliver(wire, new byte[0]);
      wire.close();
      return;
    }
    new FakeSocket(provider, this, wire, number, handshake).serve(in);
  }

  void opened(FakeSocket socket) {
    log.change(() -> {
      opened.incrementAndGet();
      open.add(socket);
    });
  }

  void closed(FakeSocket socket) {
    log.change(() -> open.remove(socket));
  }

  void changed() {
    log.change(() -> {});
  }

  void pinged() {
    log.change(pings::incrementAndGet);
  }

  void ponged() {
    log.change(pongs::incrementAndGet);
  }

  void closedBy(int code) {
    log.change(() -> closeCodes.add(code));
  }

  boolean isMute() {
    return mute;
  }

  long nextId() {
    return ids.incrementAndGet();
  }

  private void announce(long number) {
    if (!stalled && !mute && !provider.frost().isOn()) {
      tellBlock(number);
    }
  }
}
