package io.jethproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeTicker;
import io.jethproxy.testing.HttpMessage;
import io.jethproxy.testing.RawHttp;
import io.jethproxy.testing.RawHttp.End;
import io.jethproxy.transport.Loops;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.netty.util.internal.ThreadExecutorMap;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A listener under limits that are small enough to reach. */
class ListenerTest {

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final int BIG = 16 << 20;

  /**
   * Answers a path with its own bytes, {@code /big} with 16 MiB, {@code /held} when it is let; some
   * paths have defects.
   */
  private static final class EchoSite implements Site {
    final List<Consumer<HttpAnswer>> held = new ArrayList<>();
    final CountDownLatch someHeld = new CountDownLatch(1);
    final AtomicInteger questions = new AtomicInteger();
    final AtomicInteger defects = new AtomicInteger();

    /** On which each was asked, once. */
    final Set<EventExecutor> loops = Collections.synchronizedSet(new LinkedHashSet<>());

    @Override
    public void answer(HttpQuestion question, Consumer<HttpAnswer> reply) {
      questions.incrementAndGet();
      loops.add(ThreadExecutorMap.currentExecutor());
      switch (question.path()) {
        case "/big" -> reply.accept(HttpAnswer.json(200, Payload.of(new byte[BIG])));
        case "/held" -> {
          held.add(reply);
          someHeld.countDown();
        }
        case "/broken" -> throw new StackOverflowError("a defect");
        case "/answered-and-broken" -> {
          reply.accept(HttpAnswer.json(200, Payload.of(question.body())));
          throw new AssertionError("a defect");
        }
        case "/unwritable" -> reply.accept(HttpAnswer.json(200, shorterThanItSays(0)));
        case "/torn" -> reply.accept(HttpAnswer.json(200, shorterThanItSays(1 << 20)));
        default -> reply.accept(HttpAnswer.json(200, Payload.of(question.body())));
      }
    }

    private static Payload shorterThanItSays(int bytes) {
      return new Payload(Payload.of(new byte[bytes]).parts(), BIG);
    }

    @Override
    public HttpAnswer refusal(int status, String message) {
      return JsonRefusal.of(status, message, "1");
    }

    @Override
    public HttpAnswer defect(Throwable cause) {
      return JsonRefusal.of(500, "internal error", "defect-" + defects.incrementAndGet());
    }
  }

  private final Loops loops = new Loops(1);
  private final FakeTicker ticker = new FakeTicker();
  private final ExecutorService workers = Executors.newSingleThreadExecutor();
  private final EchoSite site = new EchoSite();
  private final List<Listener> listeners = new ArrayList<>();

  private int listen(long receivedBytesMax, long unsentBytesMax) throws IOException {
    Listener listener =
        new Listener(
            loops,
            ticker,
            new HttpLimits(
                1 << 20,
                4 << 20,
                5_000,
                10_000,
                60_000,
                10_000,
                100,
                receivedBytesMax,
                unsentBytesMax),
            WebSocketLimits.DEFAULTS,
            site,
            workers);
    listeners.add(listener);
    listener.bind("127.0.0.1", 0);
    return listener.port();
  }

  @AfterEach
  void close() {
    listeners.forEach(Listener::close);
    loops.close();
    workers.shutdownNow();
  }

  @Test
  void refusesBodiesBeyondWhatAllMayHoldAndTakesThemAgainLater() throws IOException {
    int port = listen(4 << 20, 1 << 30); // a quarter is for small ones
    String half =
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n" + "a".repeat(1_000_000);
    List<RawHttp> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      all.add(RawHttp.connect(port).send(half));
      settle(port);
    }

    HttpMessage refused = all.get(3).readResponse(SOON).orElseThrow();
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.header("retry-after")).contains("1");
    assertThat(refused.text()).contains("\"reason\":\"overload\"").contains("-32005");
    for (int i = 0; i < 3; i++) {
      HttpMessage answer = all.get(i).send("a".repeat(48_576)).readResponse(SOON).orElseThrow();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.bytes()).hasSize(1 << 20);
      all.get(i).close();
    }
    for (int i = 0; i < 10; i++) {
      assertThat(post(port, "a".repeat(1 << 20)).status()).isEqualTo(200);
    }
  }

  @Test
  void givesTheRoomOfTheSlowestBodiesToQuickerOnes() throws IOException {
    int port = listen(4 << 20, 1 << 30);
    String half =
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n" + "a".repeat(1_000_000);
    List<RawHttp> slow = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      slow.add(RawHttp.connect(port).send(half));
      settle(port);
      ticker.advanceMillis(10);
    }
    ticker.advanceMillis(1_000);

    assertThat(post(port, "a".repeat(1 << 20)).status()).isEqualTo(200);

    assertThat(slow.getFirst().readResponse(SOON).orElseThrow().status()).isEqualTo(503);
    for (RawHttp kept : slow.subList(1, 3)) {
      assertThat(kept.send("a".repeat(48_576)).readResponse(SOON).orElseThrow().status())
          .isEqualTo(200);
    }
  }

  @Test
  void givesTheRoomOfTheSlowestReaderToAQuickerOne() throws IOException {
    int port = listen(1 << 20, 4 * (BIG + 100) / 3);
    RawHttp stuck = RawHttp.connect(port).send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    settle(port);
    ticker.advanceMillis(1_000);
    ticker.advanceMillis(2_000);

    try (RawHttp other = RawHttp.connect(port)) {
      other.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(other.readResponse(SOON).orElseThrow().bytes()).hasSize(BIG);
    }
    assertThat(stuck.readUntilEnd(SOON).text()).hasSizeLessThan(BIG);
  }

  @Test
  void takesBackWhatBodiesHeldWhenTheirClientsLeave() throws IOException {
    int port = listen(4 << 20, 1 << 30); // a quarter is for small ones
    String half =
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n" + "a".repeat(1_000_000);
    for (int i = 0; i < 20; i++) {
      RawHttp raw = RawHttp.connect(port).send(half);
      settle(port);
      raw.reset();
      settle(port);
    }
    for (int i = 0; i < 20; i++) {
      RawHttp raw =
          RawHttp.connect(port)
              .send(
                  "POST /held HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"
                      + "a".repeat(1_000_000)
                      + "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"
                      + "a".repeat(1_000_000));
      settle(port);
      raw.reset();
      settle(port);
    }

    assertThat(post(port, "a".repeat(1 << 20)).status()).isEqualTo(200);
  }

  @Test
  void readsNoMoreOfAConnectionWhoseBodiesWait() throws Exception {
    int port = listen(100 << 20, 1 << 30);
    String held = "POST /held HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
    String body =
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + "a".repeat(100_000);
    try (RawHttp raw = RawHttp.connect(port)) {
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  raw.send(held + body.repeat(300));
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      assertThat(site.someHeld.await(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
      settle(port);
      settle(port);
      assertThat(sender.isAlive()).isTrue(); // 30 MB do not fit where nobody reads

      loops.all().getFirst().execute(() -> site.held.getFirst().accept(HttpAnswer.empty(204)));
      assertThat(raw.readResponse(SOON).orElseThrow().status()).isEqualTo(204);
      for (int i = 0; i < 300; i++) {
        assertThat(raw.readResponse(SOON).orElseThrow().bytes()).hasSize(100_000);
      }
      sender.join();
    }
  }

  @Test
  void refusesAnAnswerBeyondWhatAllClientsMayLeaveUnread() throws IOException {
    int port = listen(1 << 20, 4 * (2 * BIG + 100) / 3);
    RawHttp one = RawHttp.connect(port).send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    RawHttp two = RawHttp.connect(port).send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    settle(port);

    RawHttp three = RawHttp.connect(port).send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    HttpMessage refused = three.readResponse(SOON).orElseThrow();
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.header("retry-after")).contains("1");

    assertThat(one.readResponse(SOON).orElseThrow().bytes()).hasSize(BIG);
    two.reset();
    settle(port);
    for (int i = 0; i < 5; i++) {
      three.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(three.readResponse(SOON).orElseThrow().bytes()).hasSize(BIG);
    }
    one.close();
    three.close();
  }

  @Test
  void freesWhatAClientThatDoesNotReadHeldUp() throws IOException {
    int port = listen(1 << 20, 4 * (BIG + 100) / 3);
    RawHttp stuck = RawHttp.connect(port).send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    settle(port);
    ticker.advanceMillis(1_000);
    ticker.advanceMillis(11_000);

    assertThat(stuck.readUntilEnd(SOON).text()).hasSizeLessThan(BIG);
    try (RawHttp other = RawHttp.connect(port)) {
      other.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(other.readResponse(SOON).orElseThrow().bytes()).hasSize(BIG);
    }
  }

  @Test
  void keepsANewcomerForWhomThereIsRoomByThen() throws Exception {
    Loops four = new Loops(4); // each of these connections has its own, and the listener the last
    Listener listener =
        new Listener(
            four,
            ticker,
            new HttpLimits(1 << 20, 4 << 20, 5_000, 10_000, 60_000, 10_000, 2, 1 << 20, 1 << 20),
            WebSocketLimits.DEFAULTS,
            site,
            workers);
    CountDownLatch freed = new CountDownLatch(1);
    try {
      listener.bind("127.0.0.1", 0);
      RawHttp idle = RawHttp.connect(listener.port());
      assertThat(idle.send(RawHttp.post("/", "{}")).readResponse(SOON)).isPresent();
      RawHttp busy = RawHttp.connect(listener.port()).send(RawHttp.post("/held", "{}"));
      assertThat(site.someHeld.await(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
      EventExecutor loopOfIdle = site.loops.iterator().next();
      loopOfIdle.execute(() -> awaitUninterruptibly(freed));
      RawHttp first = RawHttp.connect(listener.port()).send(RawHttp.post("/held", "{}"));
      await(() -> site.questions.get() == 3);
      busy.reset();
      RawHttp second = RawHttp.connect(listener.port());
      assertThat(second.send(RawHttp.post("/", "{}")).readResponse(SOON)).isPresent();
      first.reset();
      await(() -> listener.connections() == 2);

      freed.countDown(); // the idle one is closed for the first, and none is left for the second
      loopOfIdle.submit(() -> {}).sync();

      assertThat(second.send(RawHttp.post("/", "{}")).readResponse(SOON)).isPresent();
      assertThat(site.loops).hasSize(4);
      assertThat(idle.readResponse(SOON)).isEmpty();
    } finally {
      freed.countDown();
      listener.close();
      four.close();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + SOON.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  @Test
  void answersWhatWasAskedBeforeSomethingUnreadable() throws IOException {
    int port = listen(1 << 20, 2 * BIG);

    RawHttp.Heard heard =
        RawHttp.exchange(
            port,
            "GET /big HTTP/1.1\r\nHost: a\r\n\r\n" + RawHttp.post("/", "{}") + "nonsense\r\n\r\n",
            SOON);

    assertThat(heard.end()).isEqualTo(End.CLOSED);
    assertThat(heard.responses()).extracting(HttpMessage::status).containsExactly(200, 200, 400);
    assertThat(site.questions).hasValue(2);
  }

  @Test
  void answersADefectWithAnInternalErrorAndServesOn() throws IOException {
    int port = listen(1 << 20, 2 * BIG);
    try (RawHttp raw = RawHttp.connect(port)) {
      for (String path : List.of("/broken", "/unwritable")) {
        HttpMessage answer = raw.send(RawHttp.post(path, "{}")).readResponse(SOON).orElseThrow();

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.text())
            .contains("\"code\":-32603")
            .contains("\"requestId\":\"defect-" + site.defects.get() + "\"");
      }
      assertThat(raw.send(RawHttp.post("/", "{}")).readResponse(SOON).orElseThrow().text())
          .isEqualTo("{}");
      assertThat(site.defects).hasValue(2);
    }
  }

  @Test
  void answersADefectInWhatCameCompressed() throws IOException {
    int port = listen(1 << 20, 2 * BIG);
    var gzipped = new java.io.ByteArrayOutputStream();
    try (var out = new java.util.zip.GZIPOutputStream(gzipped)) {
      out.write(new byte[1 << 19]);
    }
    String head =
        " HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: "
            + gzipped.size()
            + "\r\n\r\n";
    try (RawHttp raw = RawHttp.connect(port)) {
      for (int i = 0; i < 10; i++) { // more than may be held at once
        raw.send("POST /broken" + head).send(gzipped.toByteArray());
        assertThat(raw.readResponse(SOON).orElseThrow().status()).isEqualTo(500);
        raw.send("POST /answered-and-broken" + head).send(gzipped.toByteArray());
        assertThat(raw.readResponse(SOON).orElseThrow().bytes()).hasSize(1 << 19);
      }
    }
    settle(port);
    assertThat(site.defects).hasValue(20);
  }

  @Test
  void closesTheConnectionWhenADefectCutsAnAnswerOff() throws IOException {
    int port = listen(1 << 20, 2 * BIG);
    try (RawHttp raw = RawHttp.connect(port)) {
      RawHttp.Heard heard = raw.send(RawHttp.post("/torn", "{}")).readUntilEnd(SOON);

      assertThat(heard.end()).isIn(End.CLOSED, End.RESET);
      assertThat(heard.text()).startsWith("HTTP/1.1 200").hasSizeLessThan(2 << 20);
      assertThat(heard.text()).doesNotContain("internal error");
    }
    for (int i = 0; i < 3; i++) { // what was taken for it is given back
      assertThat(get(port, "/big").bytes()).hasSize(BIG);
    }
    assertThat(site.defects).hasValue(1);
  }

  @Test
  void answersARequestThatCameWhileItsIdleConnectionWasToBeClosed() throws Exception {
    int port = listen(1 << 20, 2 * BIG);
    try (RawHttp raw = RawHttp.connect(port)) {
      assertThat(raw.send(RawHttp.post("/", "1")).readResponse(SOON)).isPresent();
      ticker.advanceMillis(60_000); // one sweep more, and it has been idle for too long

      whileTheLoopIsBusy(
          () -> raw.send(RawHttp.post("/", "2")),
          () -> ticker.advance(ticker.next().orElseThrow()));
      settle(port);
      ticker.advanceMillis(2);

      assertThat(raw.readResponse(SOON).orElseThrow().text()).isEqualTo("2");
      ticker.advanceMillis(59_000);
      assertThat(raw.send(RawHttp.post("/", "3")).readResponse(SOON)).isPresent();
    }
  }

  @Test
  void answersARequestThatCameWhileItsConnectionWasToBeDrained() throws Exception {
    int port = listen(1 << 20, 2 * BIG);
    Listener listener = listeners.getFirst();
    try (RawHttp raw = RawHttp.connect(port)) {
      assertThat(raw.send(RawHttp.post("/", "1")).readResponse(SOON)).isPresent();
      listener.startDraining();

      whileTheLoopIsBusy(() -> raw.send(RawHttp.post("/", "2")), listener::stopAccepting);

      assertThat(raw.readResponse(SOON).orElseThrow().text()).isEqualTo("2");
      assertThat(raw.readUntilEnd(SOON).end()).isEqualTo(End.CLOSED);
    }
  }

  @Test
  void saysGoodbyeToAnIdleConnectionBeforeClosingIt() throws IOException {
    int port = listen(1 << 20, 2 * BIG);
    try (RawHttp raw = RawHttp.connect(port)) {
      assertThat(raw.send(RawHttp.post("/", "1")).readResponse(SOON)).isPresent();
      ticker.advanceMillis(61_000);

      assertThat(raw.readUntilEnd(SOON).end()).isEqualTo(End.CLOSED);
      raw.send(RawHttp.post("/", "2")); // too late, but no reason for a reset
      assertThat(raw.readUntilEnd(SOON)).isEqualTo(new RawHttp.Heard("", End.CLOSED));
      ticker.advanceMillis(3_000);

      assertThat(listeners.getFirst().connections()).isZero();
    }
  }

  @FunctionalInterface
  private interface Step {
    void run() throws Exception;
  }

  /** Does one thing while the loop looks at no socket, and another as its very next task. */
  private void whileTheLoopIsBusy(Step now, Step next) throws Exception {
    EventLoop loop = loops.all().getFirst();
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    loop.execute(() -> {
      busy.countDown();
      try {
        free.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    busy.await();
    now.run();
    var done =
        workers.submit(() -> {
          next.run();
          return true;
        });
    while (((SingleThreadEventExecutor) loop).pendingTasks() == 0) {
      Thread.onSpinWait();
    }
    free.countDown();
    done.get();
  }

  private static HttpMessage get(int port, String path) throws IOException {
    try (RawHttp raw = RawHttp.connect(port)) {
      return raw.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n")
          .readResponse(SOON)
          .orElseThrow();
    }
  }

  private static HttpMessage post(int port, String body) throws IOException {
    try (RawHttp raw = RawHttp.connect(port)) {
      return raw.send(RawHttp.post("/", body)).readResponse(SOON).orElseThrow();
    }
  }

  /** Lets the one loop read what was sent before. */
  private static void settle(int port) throws IOException {
    for (int i = 0; i < 3; i++) {
      assertThat(post(port, "x").text()).isEqualTo("x");
    }
  }
}
