package io.jethproxy.acceptance;

import static io.jethproxy.acceptance.EdgeRig.SOON;
import static io.jethproxy.acceptance.EdgeRig.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeTicker;
import io.jethproxy.testing.HttpMessage;
import io.jethproxy.testing.RawHttp;
import io.jethproxy.testing.RawHttp.End;
import io.jethproxy.testing.RpcClient.Answered;
import io.jethproxy.testing.RunningGateway;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What load balancers are told, and when. */
class EdgeHealthTest {

  @Test
  void isReadyWhenAProviderHasToldItsChainAndItsHead() {
    FakeTicker ticker = new FakeTicker();
    CountDownLatch identified = new CountDownLatch(1);
    CountDownLatch headed = new CountDownLatch(1);
    try (FakeProvider provider = FakeProvider.start()) {
      provider.on("eth_chainId").hold(identified);
      provider.on("eth_blockNumber").hold(headed);
      try (RunningGateway gateway =
          RunningGateway.before(provider).ticker(ticker).notAwaitingReady().start()) {
        Answered unknown = gateway.client().get("/ready");
        Answered early = gateway.client().post(request("1", "eth_gasPrice"));
        Answered earlyElsewhere = gateway.client().post("/mainnet", request("1", "eth_gasPrice"));
        Answered batch =
            gateway
                .client()
                .post(
                    "["
                        + request("\"a\"", "eth_gasPrice")
                        + ",{\"jsonrpc\":\"2.0\",\"method\":\"eth_gasPrice\"},7,"
                        + request("2", "eth_gasPrice")
                        + "]");
        Answered notification =
            gateway.client().post("{\"jsonrpc\":\"2.0\",\"method\":\"eth_gasPrice\"}");
        Answered nonsense = gateway.client().post("nonsense");
        assertThat(batch.status()).isEqualTo(200);
        assertThat(batch.json())
            .extracting(item -> item.path("id") + " " + item.path("error").path("code"))
            .containsExactly("\"a\" -32002", "null -32600", "2 -32002");
        assertThat(notification.status()).isEqualTo(204);
        assertThat(nonsense.status()).isEqualTo(400);
        assertThat(gateway.client().get("/health").text()).isEqualTo("{\"status\":\"OK\"}");
        assertThat(unknown.status()).isEqualTo(503);
        assertThat(unknown.header("content-type")).contains("application/json");
        assertThat(unknown.json().path("ready").asBoolean(true)).isFalse();
        assertThat(unknown.json().path("reason").asString())
            .isEqualTo("no provider has told its chain yet");
        assertThat(unknown.json().path("networks")).isEmpty();
        assertThat(unknown.json().path("awaitingProviders").asBoolean()).isTrue();
        for (Answered refused : new Answered[] {early, earlyElsewhere}) {
          assertThat(refused.status()).isEqualTo(503);
          assertThat(refused.json().path("id").asInt(-1)).isEqualTo(1);
          assertThat(refused.errorCode()).isEqualTo(-32002);
          assertThat(refused.header("retry-after")).contains("1");
          assertThat(refused.json().path("error").path("data").path("retryable").asBoolean())
              .isTrue();
          assertThat(refused.json().path("error").path("data").path("requestId").asString())
              .isNotEmpty();
        }

        identified.countDown();
        gateway.await(
            () -> !gateway.client().get("/ready").json().path("networks").isEmpty(), "chain known");
        Answered headless = gateway.client().get("/ready");
        assertThat(headless.status()).isEqualTo(503);
        assertThat(headless.json().path("networks").path("mainnet").path("reason").asString())
            .isEqualTo("head not known yet");
        assertThat(headless.json().path("networks").path("mainnet").path("head").isNull()).isTrue();

        headed.countDown();
        gateway.awaitReady();
        Answered ready = gateway.client().get("/ready");
        assertThat(ready.text())
            .isEqualTo(
                "{\"ready\":true,\"networks\":{\"mainnet\":{\"ready\":true,\"chainId\":1,\"head\":1000,"
                    + "\"providersInUse\":1,\"providers\":1}},\"awaitingProviders\":false}");
      }
    }
  }

  @Test
  void saysThatAPathWithANetworkMayServeWhileTheDefaultIsOpen() {
    CountDownLatch identified = new CountDownLatch(1);
    try (FakeProvider base = FakeProvider.start();
        FakeProvider late = FakeProvider.start()) {
      base.on("eth_chainId").answer("\"0x2105\"");
      late.on("eth_chainId").hold(identified);
      try (RunningGateway gateway =
          RunningGateway.before(base, late).ticker(new FakeTicker()).notAwaitingReady().start()) {
        EdgeRig.await(
            () -> gateway.client().get("/ready").json().path("networks").has("base"),
            "base is known");

        Answered refused = gateway.client().post(request("2", "eth_gasPrice"));
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.text())
            .contains("not every provider has told its chain yet; a path that names a network");
        Answered open = gateway.client().get("/ready");
        assertThat(open.status()).isEqualTo(503);
        assertThat(open.json().path("networks").path("base").path("chainId").asInt())
            .isEqualTo(8453);
        identified.countDown();
      }
    }
  }

  @Test
  void isReadyOnlyWhenItKnowsWhichNetworkAPathWithoutOneMeans() {
    CountDownLatch never = new CountDownLatch(1);
    FakeTicker ticker = new FakeTicker();
    try (FakeProvider base = FakeProvider.start();
        FakeProvider silent = FakeProvider.start()) {
      base.on("eth_chainId").answer("\"0x2105\"");
      silent.on("eth_chainId").hold(never);
      try (RunningGateway gateway =
          RunningGateway.before(silent, base).ticker(ticker).notAwaitingReady().start()) {
        EdgeRig.await(() -> isReady(gateway, "base"), "base is served");

        Answered open = gateway.client().get("/ready");
        assertThat(gateway.client().post(request("1", "eth_gasPrice")).status()).isEqualTo(503);
        assertThat(open.status()).isEqualTo(503);
        assertThat(open.json().path("reason").asString()).startsWith("the default network");

        ticker.advanceMillis(3_000);
        assertThat(gateway.client().get("/ready").status()).isEqualTo(200);
        assertThat(gateway.client().post(request("1", "eth_gasPrice")).status()).isEqualTo(200);
      } finally {
        never.countDown();
      }
    }
  }

  private static boolean isReady(RunningGateway gateway, String network) {
    return gateway.client().get("/ready").json().at("/networks/" + network + "/ready").asBoolean();
  }

  @Test
  void servesOnButSaysSoWhenTheChainStandsStill() {
    FakeTicker ticker = new FakeTicker();
    try (FakeProvider provider = FakeProvider.start();
        RunningGateway gateway = RunningGateway.before(provider).ticker(ticker).start()) {
      pass(gateway, ticker, provider, 110);
      assertThat(gateway.client().get("/ready").text()).doesNotContain("stalled");

      pass(gateway, ticker, provider, 20);
      gateway.await(() -> isServedOnStalled(gateway), "it says so and is ready");

      provider.world().head(provider.world().head() + 1);
      gateway.await(() -> !gateway.client().get("/ready").text().contains("stalled"), "it goes on");
    }
  }

  /** Lets seconds pass in which the provider answers as fast as it does. */
  private static void pass(
      RunningGateway gateway, FakeTicker ticker, FakeProvider provider, int seconds) {
    for (int i = 0; i < seconds; i++) {
      gateway.settle(provider);
      ticker.advanceMillis(1_000);
    }
    gateway.settle(provider);
  }

  private static boolean isServedOnStalled(RunningGateway gateway) {
    Answered ready = gateway.client().get("/ready");
    String degraded = ready.json().at("/networks/mainnet/degraded").asString("");
    return ready.status() == 200 && degraded.equals("head stalled");
  }

  @Test
  void isNotReadyWhileNoProviderIsInUse() {
    try (EdgeRig rig = EdgeRig.start()) {
      rig.provider.kill();
      rig.gateway.await(() -> rig.client().get("/ready").status() == 503, "not ready");
      Answered down = rig.client().get("/ready");
      Answered refused = rig.client().post(request("1", "eth_gasPrice"));

      assertThat(down.json().path("reason").asString()).isEqualTo("no provider in use");
      assertThat(down.json().path("networks").path("mainnet").path("providersInUse").asInt(-1))
          .isZero();
      assertThat(rig.client().get("/health").status()).isEqualTo(200);
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.errorCode()).isEqualTo(-32002);
      assertThat(refused.header("retry-after").map(Integer::parseInt).orElse(0)).isPositive();
      assertThat(refused.json().path("error").path("data").path("attempts").isArray()).isTrue();

      rig.provider.revive();
      rig.gateway.awaitReady();
      assertThat(rig.client().post(request("1", "eth_gasPrice")).status()).isEqualTo(200);
    }
  }

  @Test
  void answersProbesOnBothListenersAndNothingButProbes() throws IOException {
    try (EdgeRig rig = EdgeRig.start()) {
      for (String path : new String[] {"/health", "/ready", "/health?from=balancer"}) {
        assertThat(rig.client().get(path).status()).isEqualTo(200);
        assertThat(rig.gateway.management().get(path).status()).isEqualTo(200);
        HttpMessage posted = rig.first(RawHttp.post(path, request("1", "eth_gasPrice")));
        assertThat(posted.status()).isEqualTo(405);
        assertThat(posted.header("allow").orElse("")).contains("GET");
      }
      assertThat(rig.asked()).isEmpty();
    }
  }

  @Test
  void drainsWithoutLosingARequest() throws Exception {
    try (EdgeRig rig = EdgeRig.start("drainSeconds: 1\n")) {
      CountDownLatch released = new CountDownLatch(1);
      rig.provider.on("eth_call").hold(released);
      try (RawHttp idle = rig.connect();
          RawHttp busy = rig.connect();
          RawHttp slow = rig.connect();
          RawHttp late = rig.connect()) {
        idle.send(RawHttp.post("/", request("1", "eth_chainId")));
        assertThat(idle.readResponse(SOON)).isPresent();
        busy.send(RawHttp.post("/", request("1", "eth_call")));
        late.send(RawHttp.post("/", request("1", "eth_call")));
        rig.provider.awaitRequests("eth_call", 2, SOON);
        String half = RawHttp.post("/", request("1", "eth_gasPrice"));
        slow.send(half.substring(0, half.length() - 9));

        Thread drain =
            Thread.ofVirtual()
                .start(() -> {
                  try {
                    rig.gateway.drain();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
        EdgeRig.await(() -> health(rig) == 503, "says that it drains");
        HttpMessage health = rig.first("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
        HttpMessage ready = rig.first("GET /ready HTTP/1.1\r\nHost: a\r\n\r\n");
        HttpMessage served = rig.first(RawHttp.post("/", request("1", "eth_gasPrice")));
        assertThat(health.text()).isEqualTo("{\"status\":\"DRAINING\"}");
        assertThat(ready.status()).isEqualTo(503);
        assertThat(ready.text()).contains("\"reason\":\"draining\"");
        assertThat(served.status()).isEqualTo(200);
        assertThat(served.header("connection")).contains("close");
        assertThat(rig.gateway.management().get("/health").status()).isEqualTo(503);

        EdgeRig.await(() -> isRefused(rig), "takes no more connections");
        EdgeRig.await(() -> isClosedSoon(rig, idle), "says goodbye to the idle connection");
        assertThat(drain.isAlive()).isTrue();
        released.countDown();
        for (RawHttp each :
            new RawHttp[] {busy, late, slow.send(half.substring(half.length() - 9))}) {
          HttpMessage answer = each.readResponse(SOON).orElseThrow();
          assertThat(answer.status()).isEqualTo(200);
          assertThat(answer.header("connection")).contains("close");
          assertThat(each.readUntilEnd(SOON).end()).isEqualTo(End.CLOSED);
        }
      }
      EdgeRig.await(() -> isRefusedByManagement(rig), "the end");
    }
  }

  private static int health(EdgeRig rig) {
    try {
      return rig.first("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").status();
    } catch (IOException e) {
      throw new AssertionError("drained too soon", e);
    }
  }

  private static boolean isClosedSoon(EdgeRig rig, RawHttp raw) {
    rig.ticker.advanceMillis(1);
    try {
      return raw.readUntilEnd(Duration.ofMillis(10)).end() == End.CLOSED;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isRefused(EdgeRig rig) {
    return isRefused(rig.port());
  }

  private static boolean isRefusedByManagement(EdgeRig rig) {
    return isRefused(rig.gateway.managementPort());
  }

  private static boolean isRefused(int port) {
    try (RawHttp raw = RawHttp.connect(port)) {
      return raw.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").readResponse(SOON).isEmpty();
    } catch (ConnectException e) {
      return true;
    } catch (IOException e) {
      return true; // reset: it was in the queue when the listener closed
    }
  }
}
