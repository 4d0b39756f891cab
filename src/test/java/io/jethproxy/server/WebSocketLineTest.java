package io.jethproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Line;
import io.jethproxy.call.Notice;
import io.jethproxy.call.Refusal;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.testing.FakeTicker;
import io.jethproxy.testing.RawWs;
import io.jethproxy.testing.WsClient;
import io.jethproxy.transport.Loops;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.ThreadExecutorMap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What clients are told unasked: in order, within bounds, and never less without a word. */
class WebSocketLineTest {

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final String OFFER = "Sec-WebSocket-Extensions: permessage-deflate";
  private static final byte[] HEAD = "{\"told\":".getBytes(StandardCharsets.UTF_8);
  private static final byte[] TAIL = "}".getBytes(StandardCharsets.UTF_8);

  /** A client's line with the loop on which it is used. */
  private record Held(Line line, EventExecutor loop, List<String> ends) {
    <T> T on(Supplier<T> work) {
      return CompletableFuture.supplyAsync(work, loop).orTimeout(10, TimeUnit.SECONDS).join();
    }

    boolean tell(String body) {
      return on(() -> {
        boolean told = line.tell(HEAD, RawJson.of(body), TAIL);
        line.flush();
        return told;
      });
    }

    void run(Runnable work) {
      on(() -> {
        work.run();
        return true;
      });
    }
  }

  private final Loops loops = new Loops(1);
  private final ExecutorService workers = Executors.newSingleThreadExecutor();
  private final FakeTicker ticker = new FakeTicker();
  private final List<Listener> listeners = new ArrayList<>();
  private final LinkedBlockingQueue<Held> lines = new LinkedBlockingQueue<>();
  private final List<Consumer<Render.Rendered>> waiting = new CopyOnWriteArrayList<>();

  /** Answers every message with itself, tells "first" behind it, and shows its line to the test. */
  private final class Telling implements Dialogue {
    @Override
    public int answer(byte[] message, Asker asker, Consumer<Render.Rendered> reply) {
      Line line = asker.audience().line().orElseThrow();
      asker.audience().whenAnswered(() -> line.tell(HEAD, RawJson.of("\"first\""), TAIL));
      List<String> ends = new CopyOnWriteArrayList<>();
      line.onEnd(() -> ends.add("ended"));
      lines.add(new Held(line, ThreadExecutorMap.currentExecutor(), ends));
      Render.Rendered echo = new Render.Rendered(200, List.of(), Payload.of(message));
      if (new String(message, StandardCharsets.UTF_8).startsWith("\"wait")) {
        waiting.add(reply);
        asker.abandonment().onDeclared(() -> ends.add("abandoned"));
      } else {
        reply.accept(echo);
      }
      return 1;
    }

    @Override
    public void refuse(
        byte[] message, Refusal refusal, Asker asker, Consumer<Render.Rendered> reply) {
      reply.accept(new Render.Rendered(503, List.of(), Payload.of("\"" + refusal.reason() + "\"")));
    }

    @Override
    public Render.Rendered defect(Throwable cause) {
      throw new AssertionError(cause);
    }
  }

  private final class TellingSite implements Site {
    @Override
    public void answer(HttpQuestion question, Consumer<HttpAnswer> reply) {
      Upgrade.Fine fine = (Upgrade.Fine) Upgrade.of(question);
      reply.accept(
          HttpAnswer.switching(
              fine.headers(), new HttpAnswer.Then.Switch(fine.deflates(), new Telling())));
    }

    @Override
    public HttpAnswer refusal(int status, String message) {
      return JsonRefusal.of(status, message, "");
    }

    @Override
    public HttpAnswer defect(Throwable cause) {
      throw new AssertionError(cause);
    }
  }

  private Listener listen() throws IOException {
    return listen(1L << 30);
  }

  private Listener listen(long unsentBytesMax) throws IOException {
    Listener listener =
        new Listener(
            loops,
            ticker,
            new HttpLimits(
                1 << 20, 4 << 20, 5_000, 10_000, 60_000, 10_000, 100, 1 << 26, unsentBytesMax),
            WebSocketLimits.DEFAULTS,
            new TellingSite(),
            workers);
    listeners.add(listener);
    listener.bind("127.0.0.1", 0);
    return listener;
  }

  private Held line() {
    try {
      Held held = lines.poll(10, TimeUnit.SECONDS);
      if (held == null) {
        throw new AssertionError("nobody asked");
      }
      return held;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void close() {
    listeners.forEach(Listener::close);
    loops.close();
    workers.shutdownNow();
  }

  @Test
  void answersBeforeItTells() throws IOException {
    try (RawWs ws = RawWs.open(listen().port(), "/")) {
      for (int i = 0; i < 100; i++) {
        ws.text("\"" + i + "\"");

        assertThat(ws.message()).isEqualTo("\"" + i + "\"");
        assertThat(ws.message()).isEqualTo("{\"told\":\"first\"}");
      }
    }
  }

  @Test
  void tellsInOrderBehindALargeAnswer() throws IOException {
    String large = "\"" + "x".repeat(1_000_000) + "\"";
    try (RawWs ws = RawWs.open(listen().port(), "/")) {
      ws.text(large);
      Held held = line();
      held.tell("1");
      held.tell("2");

      assertThat(ws.message()).isEqualTo(large);
      assertThat(List.of(ws.message(), ws.message(), ws.message()))
          .containsSubsequence("{\"told\":1}", "{\"told\":2}")
          .contains("{\"told\":\"first\"}");
    }
  }

  @Test
  void sendsNothingBeforeItIsFlushed() throws IOException {
    try (RawWs ws = RawWs.open(listen().port(), "/")) {
      ws.text("0");
      Held held = line();
      ws.message();
      ws.message();
      held.run(() -> {
        held.line().tell(HEAD, RawJson.of("1"), TAIL);
        held.line().tell(HEAD, RawJson.of("2"), TAIL);
      });
      held.run(held.line()::flush);

      assertThat(ws.message()).isEqualTo("{\"told\":1}");
      assertThat(ws.message()).isEqualTo("{\"told\":2}");
    }
  }

  @Test
  void tellsASlowClientAllThatWaitsAndThenItsPosition() throws IOException {
    String body = "\"" + "x".repeat(10_000) + "\"";
    int port = listen().port();
    try (RawWs slow = RawWs.connect(port, 4_096);
        RawWs other = RawWs.open(port, "/")) {
      slow.send(RawWs.handshake("/")).text("0");
      assertThat(slow.response().status()).isEqualTo(101);
      Held held = line();
      held.run(() -> held.line().position(() -> "0x2a:7"));
      int told = 0;
      while (held.tell(body)) {
        told++;
      }
      assertThat(told).isBetween(300, 2_000);
      assertThat(held.tell("1")).isFalse();
      assertThat(held.ends()).containsExactly("ended");

      other.text("1");
      assertThat(other.message()).isEqualTo("1");

      assertThat(slow.message()).isEqualTo("0");
      assertThat(slow.message()).isEqualTo("{\"told\":\"first\"}");
      for (int i = 0; i < told; i++) {
        assertThat(slow.message()).hasSize(body.length() + HEAD.length + TAIL.length);
      }
      RawWs.Frame close = slow.next();
      assertThat(close.code()).isEqualTo(1013);
      assertThat(close.reason()).isEqualTo("slow_consumer; 0x2a:7");
    }
  }

  @Test
  void dropsASlowClientThatTakesNothingForTenSeconds() throws IOException {
    String body = "\"" + "x".repeat(10_000) + "\"";
    Listener listener = listen();
    try (RawWs slow = RawWs.connect(listener.port(), 4_096)) {
      slow.send(RawWs.handshake("/")).text("0");
      Held held = line();
      while (held.tell(body)) {
        // until it has enough
      }
      for (int i = 0; i < 18; i++) {
        ticker.advanceMillis(500);
      }
      held.run(() -> {});
      assertThat(listener.webSocketCounts().open()).isEqualTo(1);

      for (int i = 0; i < 5; i++) {
        ticker.advanceMillis(500);
      }

      held.run(() -> {});
      assertThat(listener.webSocketCounts().open()).isEqualTo(0);
      assertThat(listener.webSocketCounts().ended()).containsEntry("slow", 1L);
    }
  }

  @Test
  void endsTheSlowWhenThereIsNoMemoryForAllThatWaits() throws IOException {
    String body = "\"" + "x".repeat(10_000) + "\"";
    try (RawWs slow = RawWs.connect(listen(1 << 20).port(), 4_096)) {
      slow.send(RawWs.handshake("/")).text("0");
      Held held = line();
      int told = 0;
      while (held.tell(body)) {
        told++;
      }

      assertThat(told).isLessThan(400);
      assertThat(slow.response().status()).isEqualTo(101);
      assertThat(slow.readToClose().code()).isEqualTo(1013);
    }
  }

  private static Notice notice(String... bodies) {
    return new Notice(Arrays.stream(bodies).map(RawJson::of).toList(), TAIL);
  }

  private static byte[] head(String name) {
    return ("{\"" + name + "\":").getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void tellsManyAlikeEachUnderItsOwnHead() throws IOException {
    int port = listen().port();
    Notice first = notice("1", "\"" + "x".repeat(1_000) + "\"");
    Notice second = notice("2");
    for (String name : List.of("a", "b", "longer")) {
      try (RawWs ws = RawWs.open(port, "/")) {
        ws.text("0");
        Held held = line();
        assertThat(ws.message()).isEqualTo("0");
        assertThat(ws.message()).isEqualTo("{\"told\":\"first\"}");

        held.run(() -> held.line().tellAlike(head(name), first));
        held.run(() -> held.line().tellAlike(head(name), second));

        assertThat(ws.message()).isEqualTo("{\"" + name + "\":1}");
        assertThat(ws.message()).hasSize(1_007 + name.length()).startsWith("{\"" + name + "\":\"x");
        assertThat(ws.message()).isEqualTo("{\"" + name + "\":2}");
      }
    }
  }

  @Test
  void tellsAlikeBehindWhatWasToldBeforeAndAheadOfWhatIsToldLater() throws IOException {
    try (RawWs ws = RawWs.open(listen().port(), "/")) {
      ws.text("\"" + "x".repeat(1_000_000) + "\"");
      Held held = line();
      held.run(() -> {
        held.line().tell(HEAD, RawJson.of("1"), TAIL);
        held.line().tellAlike(HEAD, notice("2", "3"));
        held.line().tell(HEAD, RawJson.of("4"), TAIL);
        held.line().tellAlike(HEAD, notice("\"" + "y".repeat(100_000) + "\""));
        held.line().tellAlike(HEAD, notice("5"));
      });

      assertThat(ws.message()).hasSize(1_000_002);
      List<String> told = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        told.add(ws.message());
      }
      told.remove("{\"told\":\"first\"}");
      assertThat(told.remove(4)).hasSize(100_011);
      assertThat(told)
          .containsExactly(
              "{\"told\":1}", "{\"told\":2}", "{\"told\":3}", "{\"told\":4}", "{\"told\":5}");
    }
  }

  @Test
  void tellsASlowClientAlikeWholeMessagesInOrderAndThenItsPosition() throws IOException {
    Listener listener = listen();
    try (RawWs slow = RawWs.connect(listener.port(), 4_096)) {
      slow.send(RawWs.handshake("/")).text("0");
      assertThat(slow.response().status()).isEqualTo(101);
      Held held = line();
      held.run(() -> held.line().position(() -> "0x2a:7"));
      assertThat(slow.message()).isEqualTo("0");
      assertThat(slow.message()).isEqualTo("{\"told\":\"first\"}");
      String padding = "x".repeat(5_000);
      int told = 0;
      while (tellNumbered(held, told, padding)) {
        told++;
      }
      assertThat(told).isBetween(300, 2_000);
      assertThat(held.on(() -> held.line().tellAlike(HEAD, notice("1")))).isFalse();

      for (int i = 0; i < told; i++) {
        assertThat(slow.message()).startsWith("{\"told\":\"" + i + "x").hasSizeGreaterThan(5_000);
        assertThat(slow.message()).isEqualTo("{\"told\":" + i + "}");
      }
      RawWs.Frame close = slow.next();
      assertThat(close.code()).isEqualTo(1013);
      assertThat(close.reason()).isEqualTo("slow_consumer; 0x2a:7");
    }
  }

  private static boolean tellNumbered(Held held, int number, String padding) {
    Notice both = notice("\"" + number + padding + "\"", Integer.toString(number));
    return held.on(() -> held.line().tellAlike(HEAD, both));
  }

  @Test
  void endsWhenTheClientHasGoneWhileItIsToldAlike() throws IOException {
    Listener listener = listen();
    RawWs ws = RawWs.open(listener.port(), "/");
    ws.text("0");
    Held held = line();
    ws.message();
    ws.message();

    ws.reset();

    Notice notice = notice("1");
    long end = System.nanoTime() + SOON.toNanos();
    while (held.on(() -> held.line().tellAlike(HEAD, notice)) && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(held.ends()).containsExactly("ended");
    assertThat(listener.webSocketCounts().ended()).containsEntry("gone", 1L);
  }

  @Test
  void endsALineForAReasonOfItsUser() throws IOException {
    try (RawWs ws = RawWs.open(listen().port(), "/")) {
      ws.text("0");
      Held held = line();
      held.run(() -> {
        held.line().tell(HEAD, RawJson.of("1"), TAIL);
        held.line().end(Line.End.LOST, "é".repeat(100));
        held.line().end(Line.End.LOST, "again");
      });

      assertThat(ws.message()).isEqualTo("0");
      assertThat(ws.message()).isEqualTo("{\"told\":\"first\"}");
      assertThat(ws.message()).isEqualTo("{\"told\":1}");
      RawWs.Frame close = ws.next();
      assertThat(close.code()).isEqualTo(1013);
      assertThat(close.reason()).isEqualTo("é".repeat(61));
      assertThat(held.ends()).containsExactly("ended");
      ws.send(RawWs.closing(1013, ""));
      assertThat(ws.endsWithin(SOON)).isTrue();
    }
  }

  @Test
  void refusesAnAnswerThatThereIsNoMemoryForUnderTheIdOfItsRequest() throws IOException {
    try (RawWs ws = RawWs.open(listen(1 << 20).port(), "/")) {
      ws.text("\"" + "x".repeat(1_000_000) + "\"");

      assertThat(ws.message()).isEqualTo("\"overload\"");
      ws.text("1");
      assertThat(ws.message()).isEqualTo("{\"told\":\"first\"}");
      assertThat(ws.message()).isEqualTo("1");
    }
  }

  /** A message that takes long to inflate, and whose answer waits. */
  private static byte[] compressed() {
    Payload message = Payload.of("\"wait" + "x".repeat(100_000) + "\"");
    try (MessageDeflate deflate = new MessageDeflate()) {
      byte[] bytes = deflate.deflate(message).parts().getFirst().bytes();
      return RawWs.frame(RawWs.FIN | RawWs.DEFLATED | RawWs.TEXT, bytes);
    }
  }

  private static byte[] joined(byte[] first, byte[] second, int bytesOfSecond) {
    byte[] both = Arrays.copyOf(first, first.length + bytesOfSecond);
    System.arraycopy(second, 0, both, first.length, bytesOfSecond);
    return both;
  }

  @Test
  void answersPingsBehindAMessageThatIsInflated() throws IOException {
    byte[] ping = RawWs.frame(RawWs.FIN | RawWs.PING, new byte[] {7});
    byte[] pings = ping;
    for (int i = 1; i < 100; i++) {
      pings = joined(pings, ping, ping.length);
    }
    pings = joined(pings, RawWs.frame(RawWs.FIN | RawWs.PING, new byte[] {8}), ping.length);
    try (RawWs ws = RawWs.open(listen().port(), "/", OFFER)) {
      ws.send(joined(compressed(), pings, pings.length));

      RawWs.Frame pong = ws.next();
      while (pong.payload()[0] != 8) {
        pong = ws.next();
      }
      assertThat(pong.opcode()).isEqualTo(RawWs.PONG);
    }
  }

  @Test
  void closesForAMessageThatTakesTooLongBehindOneThatIsInflated() throws IOException {
    byte[] half = RawWs.frame(RawWs.FIN | RawWs.TEXT, new byte[100]);
    try (RawWs ws = RawWs.open(listen().port(), "/", OFFER)) {
      ws.send(joined(compressed(), half, 50));
      Held held = line();
      held.run(() -> {});

      for (int i = 0; i < 21; i++) {
        ticker.advanceMillis(500);
      }

      assertThat(ws.readToClose().code()).isEqualTo(1008);
    }
  }

  @Test
  void tellsASlowClientAllThatWaitsWhateverItSendsMeanwhile() throws IOException {
    byte[] message = compressed();
    String body = "\"" + "x".repeat(10_000) + "\"";
    try (RawWs slow = RawWs.connect(listen().port(), 4_096)) {
      slow.send(RawWs.handshake("/", OFFER)).text("0");
      Held held = line();
      slow.send(Arrays.copyOf(message, 50));
      while (held.tell(body)) {
        // until it has enough
      }
      slow.send(Arrays.copyOfRange(message, 50, message.length)); // its beginning is forgotten

      assertThat(slow.response().status()).isEqualTo(101);
      assertThat(slow.readToClose().reason()).isEqualTo("slow_consumer");
    }
  }

  @Test
  void takesPingsInPiecesForAsLongAsTheyCome() throws IOException {
    byte[] ping = RawWs.frame(RawWs.FIN | RawWs.PING, new byte[] {7});
    byte[] middle = joined(Arrays.copyOfRange(ping, 3, ping.length), ping, 3);
    try (RawWs ws = RawWs.open(listen().port(), "/")) {
      ws.send(Arrays.copyOf(ping, 3));
      for (int i = 0; i < 30; i++) {
        ticker.advanceMillis(500);
        ws.send(middle);
        assertThat(ws.next().opcode()).isEqualTo(RawWs.PONG);
      }
    }
  }

  @Test
  void saysWhenALineHasEndedWhoeverEndedIt() throws IOException {
    Listener listener = listen();
    try (RawWs ws = RawWs.open(listener.port(), "/")) {
      ws.text("0");
      Held held = line();
      ws.reset();
      await(() -> held.ends().equals(List.of("ended")));

      assertThat(held.tell("1")).isFalse();
      List<String> late = new CopyOnWriteArrayList<>();
      held.run(() -> held.line().onEnd(() -> late.add("at once")));
      assertThat(late).containsExactly("at once");
    }
  }

  @Test
  void neverRunsWhatWaitsForAnAnswerThatNobodyGets() throws IOException {
    try (RawWs ws = RawWs.open(listen().port(), "/")) {
      ws.text("\"wait\"");
      Held held = line();
      ws.send(RawWs.closing(1000, ""));
      await(() -> held.ends().contains("abandoned"));

      held.run(
          () -> waiting.getFirst().accept(new Render.Rendered(200, List.of(), Payload.of("1"))));

      assertThat(ws.next().opcode()).isEqualTo(RawWs.CLOSE);
      assertThat(ws.read()).isEmpty();
    }
  }

  @Test
  void endsLinesWhenItStopsAfterTheCallsUnderWay() throws IOException {
    Listener listener = listen();
    try (WsClient idle = WsClient.connect(listener.port(), "/");
        RawWs busy = RawWs.open(listener.port(), "/")) {
      idle.send("{}");
      Held held = line();
      held.run(() -> held.line().position(() -> "0x10"));
      busy.text("\"wait\"");
      Held other = line();

      listener.startDraining();
      listener.stopAccepting();

      assertThat(idle.closed()).isEqualTo(new WsClient.Closed(1012, "restarting; 0x10"));
      other.run(
          () -> waiting.getFirst().accept(new Render.Rendered(200, List.of(), Payload.of("1"))));
      assertThat(busy.message()).isEqualTo("1");
      assertThat(busy.message()).isEqualTo("{\"told\":\"first\"}");
      RawWs.Frame close = busy.next();
      assertThat(close.code()).isEqualTo(1012);
      assertThat(close.reason()).isEqualTo("restarting");

      await(() -> listener.connections() == 1); // the JDK's client has answered, the other not
      ticker.advanceMillis(1_000); // the client has not answered
      other.run(() -> {});
      assertThat(listener.connections()).isEqualTo(0);
    }
  }

  @Test
  void opensNothingWhileItDrains() throws IOException {
    Listener listener = listen();
    listener.startDraining();
    try (RawWs ws = RawWs.connect(listener.port())) {
      assertThat(ws.send(RawWs.handshake("/")).response().status()).isEqualTo(503);
    }
  }

  private static void await(Supplier<Boolean> condition) {
    long end = System.nanoTime() + SOON.toNanos();
    while (!condition.get()) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.onSpinWait();
    }
  }
}
