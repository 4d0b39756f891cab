package io.jethproxy.acceptance;

import static io.jethproxy.acceptance.EdgeRig.SOON;
import static io.jethproxy.acceptance.EdgeRig.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.RawHttp;
import io.jethproxy.testing.RpcClient.Answered;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients that leave, and clients that send what costs them little and a careless server much. */
class EdgeAbuseTest {

  /** The machine may be busy with other tests: the best of a few attempts counts. */
  private static final long SOON_ENOUGH_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private static EdgeRig rig;

  @BeforeAll
  static void start() {
    rig = EdgeRig.start();
  }

  @AfterAll
  static void close() {
    rig.close();
  }

  @BeforeEach
  void forget() {
    rig.forgetAsked();
  }

  // Clients that leave.

  @Test
  void endsTheWorkForAClientThatLeaves() throws IOException {
    rig.provider.on("eth_call").hold();
    int before = rig.provider.abandoned();
    List<Long> nanos = new ArrayList<>();

    for (int i = 1; i <= 100; i++) {
      RawHttp raw = rig.connect().send(RawHttp.post("/", request("1", "eth_call")));
      rig.provider.awaitRequests("eth_call", i, SOON);
      long left = System.nanoTime();
      if (i % 2 == 0) {
        raw.reset();
      } else {
        raw.close();
      }
      rig.provider.awaitAbandoned(before + i, SOON);
      nanos.add(System.nanoTime() - left);
    }

    assertThat(nanos.stream().sorted().skip(50).findFirst().orElseThrow())
        .isLessThan(TimeUnit.MILLISECONDS.toNanos(100));
    EdgeRig.await(() -> rig.inFlight() == 0, "nothing in flight");
    rig.provider.release();
    assertThat(rig.client().post(request("1", "eth_gasPrice")).status()).isEqualTo(200);
  }

  @Test
  void endsTheWorkForABatchWhoseClientLeaves() throws IOException {
    rig.provider.on("eth_call").hold();
    int before = rig.provider.abandoned();
    String item = request("1", "eth_call");

    RawHttp raw = rig.connect().send(RawHttp.post("/", "[" + item + "," + item + "," + item + "]"));
    rig.provider.awaitRequests("eth_call", 3, SOON);
    raw.reset();

    rig.provider.awaitAbandoned(before + 3, SOON);
    EdgeRig.await(() -> rig.inFlight() == 0, "nothing in flight");
    rig.provider.release();
  }

  @Test
  void doesNotAskForPipelinedRequestsOfAClientThatLeft() throws IOException {
    rig.provider.on("eth_call").hold();

    RawHttp raw = rig.connect().send(RawHttp.post("/", request("1", "eth_call")).repeat(200));
    rig.provider.awaitRequests("eth_call", 1, SOON);
    raw.reset();

    EdgeRig.await(() -> rig.inFlight() == 0, "nothing in flight");
    rig.settle();
    assertThat(rig.provider.count("eth_call")).isEqualTo(1);
    rig.provider.release();
  }

  @Test
  void carriesATransactionOnWhenItsClientLeaves() throws IOException {
    rig.provider.on("eth_sendRawTransaction").hold();
    int before = rig.provider.abandoned();

    RawHttp raw =
        rig.connect()
            .send(
                RawHttp.post(
                    "/",
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_sendRawTransaction\","
                        + "\"params\":[\"0x02c0\"]}"));
    rig.provider.awaitRequests("eth_sendRawTransaction", 1, SOON);
    raw.reset();
    rig.settle();

    assertThat(rig.provider.abandoned()).isEqualTo(before);
    assertThat(rig.inFlight()).isEqualTo(1);
    rig.provider.release();
    EdgeRig.await(() -> rig.inFlight() == 0, "nothing in flight");
    assertThat(rig.provider.abandoned()).isEqualTo(before);
  }

  @Test
  void forgetsConnectionsThatAreGone() throws IOException {
    rig.settle();
    EdgeRig.await(() -> rig.connections() <= 4, "only the clients of this test");
    int before = rig.connections();
    List<RawHttp> opened = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      opened.add(rig.connect());
    }
    EdgeRig.await(() -> rig.connections() == before + 300, "all are accepted");

    assertThat(rig.client().post(request("1", "eth_gasPrice")).status()).isEqualTo(200);
    for (RawHttp raw : opened) {
      raw.close();
    }

    EdgeRig.await(() -> rig.connections() <= before, "all are gone");
  }

  // Bombs.

  record Bomb(String name, String body, int status) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Bomb> bombs() {
    String begin = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_gasPrice\",\"params\":[";
    return Stream.of(
        new Bomb("a megabyte of [", "[".repeat(1 << 20), 400),
        new Bomb("a megabyte of {\"\":", "{\"\":".repeat(200_000), 400),
        new Bomb("ten megabytes of [", "[".repeat(10 << 20), 413),
        new Bomb("a number of a million digits", begin + "1".repeat(1_000_000) + "]}", 400),
        new Bomb(
            "a fraction of a million digits", begin + "0." + "1".repeat(1_000_000) + "]}", 400),
        new Bomb(
            "an id of a million digits",
            begin.replace(":1,", ":" + "1".repeat(1_000_000) + ",") + "]}",
            400),
        new Bomb("an enormous exponent", begin + "1e999999999]}", 200),
        new Bomb(
            "a hundred thousand equal keys",
            begin + "{" + "\"a\":1,".repeat(100_000) + "\"a\":1}]}",
            200),
        new Bomb(
            "a hundred thousand members",
            begin.replace("{", "{" + "\"a\":1,".repeat(100_000)) + "]}",
            200),
        new Bomb("a third of a million items", "[" + "{},".repeat(300_000) + "{}]", 413),
        new Bomb("half a million empty batches", "[" + "[],".repeat(300_000) + "[]]", 413),
        new Bomb("a hundred thousand params", begin + "1,".repeat(100_000) + "1]}", 400),
        new Bomb("a string of a megabyte", begin + "\"" + "\\u0000".repeat(170_000) + "\"]}", 200),
        new Bomb(
            "a method of a megabyte",
            begin.replace("eth_gasPrice", "a".repeat(1_000_000)) + "]}",
            400),
        new Bomb(
            "a name of a megabyte",
            "{\"" + "a".repeat(1_000_000) + "\":1," + begin.substring(1) + "]}",
            400),
        new Bomb("a megabyte of space", " ".repeat(1 << 20), 400));
  }

  @ParameterizedTest
  @MethodSource("bombs")
  void answersABombSoonAndOthersMeanwhile(Bomb bomb) {
    long soonest = Long.MAX_VALUE;
    for (int attempt = 0; attempt < 6 && soonest >= SOON_ENOUGH_NANOS; attempt++) {
      long start = System.nanoTime();
      var answered = rig.client().postAsync("/", bomb.body());
      assertThat(rig.client().post(request("1", "eth_chainId")).status()).isEqualTo(200);

      assertThat(answered.join().status()).isEqualTo(bomb.status());
      soonest = Math.min(soonest, System.nanoTime() - start);
    }

    assertThat(soonest).isLessThan(SOON_ENOUGH_NANOS);
  }

  @Test
  void repeatsNothingOfABombInItsAnswer() {
    for (Bomb bomb : bombs().filter(each -> each.status() != 200).toList()) {
      assertThat(rig.client().post(bomb.body()).text()).hasSizeLessThan(500);
    }
  }

  // What is logged and counted.

  @Test
  void countsStrangeMethodsAndPathsInAFewSeries() {
    rig.client().post(request("1", "eth_unheardOf"));
    rig.client().post("/nowhere", request("1", "eth_chainId"));
    rig.client().post(request("1", "admin_x"));
    long before = series();

    for (int i = 0; i < 200; i++) {
      rig.client().post(request("1", "eth_unheardOf" + i));
      rig.client().post("/" + (900_000 + i), request("1", "eth_chainId"));
      rig.client().post("/nowhere" + i, request("1", "eth_chainId"));
      rig.client().post(request("1", "admin_\\n{}\\\"" + i));
    }

    assertThat(series()).isLessThanOrEqualTo(before + 1);
  }

  private static long series() {
    return rig.gateway
        .management()
        .get("/metrics")
        .text()
        .lines()
        .filter(line -> !line.startsWith("#"))
        .count();
  }

  @Test
  void countsWhatItDeclines() {
    double parse = declined("parse_error");
    double invalid = declined("invalid_request");
    double tooBig = declined("too_big");
    double path = declined("unknown_path");

    Answered unreadable = rig.client().post("{");
    rig.client().post("[1,2]");
    rig.client().post("[" + "1,".repeat(100) + "1]");
    rig.client().post(" ".repeat((1 << 20) + 1));
    rig.client().post("/nowhere", "{}");

    assertThat(unreadable.status()).isEqualTo(400);
    assertThat(declined("parse_error")).isEqualTo(parse + 1);
    assertThat(declined("invalid_request")).isEqualTo(invalid + 2);
    assertThat(declined("too_big")).isEqualTo(tooBig + 2);
    assertThat(declined("unknown_path")).isEqualTo(path + 1);
  }

  private static double declined(String outcome) {
    return rig.metric(
        "jeth_requests_total{method_group=\"none\",network=\"none\",outcome=\"" + outcome + "\"}");
  }

  // Headers that claim something.

  @Test
  void believesNoHeaderThatClaimsToComeFromElsewhere() throws IOException {
    String forged =
        "X-Forwarded-For: 127.0.0.1\r\nForwarded: for=127.0.0.1;host=localhost\r\n"
            + "X-Real-IP: ::1\r\nX-Forwarded-Host: localhost\r\nX-Forwarded-Proto: https\r\n"
            + "X-Original-URL: /admin\r\nX-Rewrite-URL: /health\r\nX-HTTP-Method-Override: GET\r\n"
            + "X-Forwarded-For: "
            + "1.1.1.1, ".repeat(1_000)
            + "unknown\r\nHost:";
    assertThat(
            rig.first(RawHttp.post("/", request("1", "eth_chainId")).replace("Host:", forged))
                .text())
        .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x1\"}");
    assertThat(
            rig.first(RawHttp.post("/", request("1", "admin_peers")).replace("Host:", forged))
                .text())
        .contains("-32601");
    assertThat(rig.asked()).isEmpty();
  }
}
