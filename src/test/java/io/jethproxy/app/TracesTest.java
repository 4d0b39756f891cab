package io.jethproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jethproxy.testing.Asked;
import io.jethproxy.testing.FakeCollector;
import io.jethproxy.testing.FakeLoki;
import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.OtlpSpan;
import io.jethproxy.testing.RpcClient.Answered;
import io.jethproxy.testing.RunningGateway;
import io.jethproxy.testing.WsClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Traces of a running gateway, as a collector on a real socket gets them. */
@Timeout(60)
class TracesTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CALLER = "00f067aa0ba902b7";
  private static final String SAMPLED = "traceparent: 00-" + TRACE + "-" + CALLER + "-01";
  private static final String BALANCE = "0x00000000000000000000000000000000000000aa";
  private static final String ONE =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_getBalance\",\"params\":[\""
          + BALANCE
          + "\",\"latest\"]}";

  private final FakeCollector collector = FakeCollector.start();
  private final FakeProvider first = FakeProvider.start();
  private final FakeProvider second = FakeProvider.start();

  @AfterEach
  void stop() {
    first.close();
    second.close();
    collector.close();
  }

  /** The first is asked first; the second is told of traces. */
  private RunningGateway.Builder gateway() {
    return RunningGateway.builder()
        .yaml(
            """
            requests: {hedging: false}
            providers:
              - {id: one, url: '%s', tier: primary}
              - {id: two, url: '%s', tier: secondary, traceContext: true}
            """
                .formatted(first.url(), second.url()))
        .set("OTEL_BSP_SCHEDULE_DELAY", "50");
  }

  private RunningGateway traced() {
    return gateway().set("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url()).start();
  }

  private static OtlpSpan server(List<OtlpSpan> spans) {
    return spans.stream().filter(OtlpSpan::isServer).reduce((a, b) -> failing()).orElseThrow();
  }

  private static OtlpSpan failing() {
    throw new AssertionError("several spans of a server (expected: one)");
  }

  private static OtlpSpan attempt(List<OtlpSpan> spans, String provider) {
    return spans.stream()
        .filter(span -> span.get("jeth.provider").equals(provider))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aCallWithFailoverIsOneSpanUnderTheClientsWithOneBelowItForEachAttempt() {
    first.on("eth_getBalance").status(503, "no");
    long before = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis() - 5);

    try (RunningGateway gateway = traced()) {
      assertThat(gateway.client().post("/", ONE, SAMPLED).status()).isEqualTo(200);
      collector.awaitSpans(3);
    }

    List<OtlpSpan> spans = collector.spans();
    assertThat(spans).hasSize(3).allMatch(span -> span.traceId().equals(TRACE));
    OtlpSpan call = server(spans);
    assertThat(call.parentId()).isEqualTo(CALLER);
    assertThat(call.name()).isEqualTo("eth_getBalance");
    assertThat(call.status()).isZero();
    assertThat(call.flags() & 0x301).isEqualTo(0x301);
    assertThat(call.resource())
        .containsEntry("service.name", "jeth-proxy")
        .containsKey("service.version")
        .containsKey("telemetry.sdk.name");
    assertThat(call.attributes())
        .containsEntry("rpc.system.name", "jsonrpc")
        .containsEntry("jsonrpc.protocol.version", "2.0")
        .containsEntry("rpc.method", "eth_getBalance")
        .containsEntry("jeth.network", "mainnet")
        .containsEntry("jeth.served_by", "provider")
        .doesNotContainKeys("error.type", "rpc.response.status_code")
        .hasSize(6);
    OtlpSpan failed = attempt(spans, "one");
    OtlpSpan served = attempt(spans, "two");
    assertThat(List.of(failed, served))
        .allMatch(OtlpSpan::isClient)
        .allMatch(span -> span.parentId().equals(call.spanId()))
        .allMatch(span -> span.name().equals("eth_getBalance"))
        .allMatch(span -> span.startNanos() >= call.startNanos())
        .allMatch(span -> span.endNanos() <= call.endNanos())
        .allMatch(span -> span.startNanos() <= span.endNanos());
    assertThat(failed.get("error.type")).isEqualTo("overloaded");
    assertThat(failed.status()).isEqualTo(2);
    assertThat(served.attributes()).doesNotContainKey("error.type");
    assertThat(served.status()).isZero();
    assertThat(failed.endNanos()).isLessThanOrEqualTo(served.startNanos());
    Instant now = Instant.now();
    assertThat(call.startNanos())
        .isBetween(before, TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano());
  }

  @Test
  void onlyWhereSwitchedOnAProviderIsToldOfTheTraceAndTheAttempt() {
    first.on("eth_getBalance").status(503, "no");

    try (RunningGateway gateway = traced()) {
      gateway.client().post("/", ONE, SAMPLED);
      collector.awaitSpans(3);
    }

    OtlpSpan served = attempt(collector.spans(), "two");
    assertThat(first.asked()).allMatch(asked -> asked.header("traceparent").isEmpty());
    assertThat(second.asked("eth_getBalance"))
        .singleElement()
        .extracting(asked -> asked.header("traceparent").orElse(""))
        .isEqualTo("00-" + TRACE + "-" + served.spanId() + "-01");
    assertThat(second.asked("eth_chainId"))
        .allMatch(asked -> asked.header("traceparent").isEmpty());
  }

  @Test
  void theProviderLearnsThatAnUnsampledTraceIsNotRecorded() {
    first.on("eth_getBalance").status(503, "no");

    try (RunningGateway gateway = traced()) {
      gateway.client().post("/", ONE, SAMPLED.replaceFirst("-01$", "-00"));
      gateway.client().post("/", ONE, SAMPLED.replace(TRACE, "a" + TRACE.substring(1)));
      collector.awaitSpans(2);
    }

    assertThat(collector.spans()).noneMatch(span -> span.traceId().equals(TRACE));
    List<Asked> asked = second.asked("eth_getBalance");
    assertThat(asked.getFirst().header("traceparent").orElse(""))
        .startsWith("00-" + TRACE + "-")
        .endsWith("-00")
        .doesNotContain(CALLER);
  }

  @Test
  void theCallsOfABatchHaveOneParent() {
    String batch =
        "["
            + ONE
            + ",{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"eth_gasPrice\"}"
            + ",{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"vendor_SECRETname\",\"params\":[]}]";

    try (RunningGateway gateway = traced()) {
      gateway.client().post("/", batch, SAMPLED);
      collector.awaitSpans(7);
    }

    List<OtlpSpan> spans = collector.spans();
    OtlpSpan parent =
        spans.stream().filter(span -> span.name().equals("batch")).findFirst().orElseThrow();
    assertThat(parent.parentId()).isEqualTo(CALLER);
    assertThat(parent.get("jeth.batch_items")).isEqualTo("3");
    List<OtlpSpan> calls =
        spans.stream().filter(span -> span.isServer() && !span.equals(parent)).toList();
    assertThat(calls)
        .hasSize(3)
        .allMatch(span -> span.parentId().equals(parent.spanId()))
        .allMatch(span -> span.endNanos() <= parent.endNanos())
        .extracting(OtlpSpan::name)
        .containsExactlyInAnyOrder("eth_getBalance", "eth_gasPrice", "other");
    assertThat(calls).extracting(OtlpSpan::spanId).doesNotHaveDuplicates();
    assertThat(collector.text()).doesNotContain("SECRETname").doesNotContain(BALANCE);
  }

  @Test
  void aTripThatIsSharedHasTheAttemptsOfItsLeader() {
    first.on("eth_getBalance").status(503, "no");

    try (RunningGateway gateway =
        gateway().cached().set("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url()).start()) {
      gateway.client().post("/", ONE, SAMPLED);
      collector.awaitSpans(3);
      gateway.client().post("/", ONE, SAMPLED);
      collector.awaitSpans(4);
    }

    List<OtlpSpan> spans = collector.spans();
    OtlpSpan served = attempt(spans, "two");
    assertThat(second.asked("eth_getBalance").getLast().header("traceparent").orElse(""))
        .isEqualTo("00-" + TRACE + "-" + served.spanId() + "-01");
    assertThat(spans.stream().filter(OtlpSpan::isClient)).hasSize(2);
    assertThat(spans)
        .filteredOn(OtlpSpan::isServer)
        .extracting(span -> span.get("jeth.served_by"))
        .containsExactlyInAnyOrder("provider", "cache");
  }

  @Test
  void aPublishedTransactionHasASpanForEachProvider() {
    first.on("eth_sendRawTransaction").answer("\"0x" + "11".repeat(32) + "\"");
    second.on("eth_sendRawTransaction").hold();

    try (RunningGateway gateway =
        RunningGateway.before(first, second)
            .set("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url())
            .start()) {
      gateway
          .client()
          .post(
              "/",
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_sendRawTransaction\","
                  + "\"params\":[\"0x02c0\"]}",
              SAMPLED);
      second.release();
    }

    List<OtlpSpan> spans = collector.spans();
    assertThat(spans).hasSize(3);
    OtlpSpan call = server(spans);
    assertThat(spans)
        .filteredOn(OtlpSpan::isClient)
        .hasSize(2)
        .allMatch(span -> span.parentId().equals(call.spanId()))
        .extracting(span -> span.get("jeth.outlived"))
        .containsExactlyInAnyOrder("", "1");
    assertThat(collector.text()).doesNotContain("0x02c0").doesNotContain("1111");
  }

  @Test
  void errorsAreTold() {
    first.on("eth_getBalance").error(3, "execution reverted");

    try (RunningGateway gateway = traced()) {
      gateway.client().post("/", ONE, SAMPLED);
      collector.awaitSpans(2);
      first.forgetScript().on("eth_getBalance").status(503, "no");
      second.on("eth_getBalance").status(503, "no");
      gateway.client().post("/", ONE, SAMPLED);
      collector.awaitSpans(5);
    }

    List<OtlpSpan> calls = collector.spans().stream().filter(OtlpSpan::isServer).toList();
    assertThat(calls.getFirst().get("error.type")).isEqualTo("rejected");
    assertThat(calls.getFirst().get("rpc.response.status_code")).isEqualTo("3");
    assertThat(calls.getFirst().status()).isZero();
    assertThat(calls.getLast().get("error.type")).isEqualTo("no_provider");
    assertThat(calls.getLast().get("rpc.response.status_code")).isEqualTo("-32002");
    assertThat(calls.getLast().status()).isEqualTo(2);
  }

  @Test
  void aHedgeIsASiblingAndTheSlowAttemptIsKeptToo() {
    first.on("eth_getBalance").hold();

    try (RunningGateway gateway =
        RunningGateway.before(first, second)
            .set("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url())
            .set("OTEL_BSP_SCHEDULE_DELAY", "50")
            .start()) {
      FakeLoki.await(
          "a hedge",
          () -> {
            gateway.client().post("/", ONE, SAMPLED);
            return collector.spans().stream().anyMatch(span -> span.get("jeth.hedge").equals("1"));
          });
      first.release();
    }

    List<OtlpSpan> spans = collector.spans();
    OtlpSpan hedge =
        spans.stream().filter(s -> s.get("jeth.hedge").equals("1")).findFirst().orElseThrow();
    List<OtlpSpan> siblings =
        spans.stream().filter(span -> span.parentId().equals(hedge.parentId())).toList();
    assertThat(siblings).hasSize(2).allMatch(OtlpSpan::isClient);
    assertThat(siblings)
        .filteredOn(span -> !span.equals(hedge))
        .singleElement()
        .satisfies(slow -> assertThat(slow.get("jeth.outlived")).isEqualTo("1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
        "garbage",
        ""
      })
  void aMalformedTraceparentCountsAsNone(String malformed) {
    try (RunningGateway gateway =
        gateway()
            .set("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url())
            .set("OTEL_TRACES_SAMPLER", "always_on")
            .start()) {
      Answered answered = gateway.client().post("/", ONE, "traceparent: " + malformed);
      assertThat(answered.status()).isEqualTo(200);
      collector.awaitSpans(2);
    }

    OtlpSpan call = server(collector.spans());
    assertThat(call.parentId()).isEmpty();
    assertThat(call.traceId()).isNotEqualTo(TRACE).hasSize(32);
  }

  @Test
  void twoTraceparentsCountAsNone() {
    try (RunningGateway gateway = traced()) {
      gateway.client().post("/", ONE, SAMPLED, SAMPLED);
      gateway.client().post("/", ONE, SAMPLED);
      collector.awaitSpans(2);
    }

    assertThat(collector.spans()).hasSize(2); // of the second
  }

  @Test
  void theSamplerDecidesAndItsVariablesAreRead() {
    try (RunningGateway gateway =
        gateway()
            .set("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", collector.url() + "/own/path")
            .set("OTEL_TRACES_SAMPLER", "traceidratio")
            .set("OTEL_TRACES_SAMPLER_ARG", "0")
            .set("OTEL_SERVICE_NAME", "edge")
            .start()) {
      gateway.client().post("/", ONE, SAMPLED);
      gateway.client().post("/", ONE);
    }
    assertThat(collector.pushes()).isEmpty();

    try (RunningGateway gateway =
        gateway()
            .set("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", collector.url() + "/own/path")
            .set("OTEL_TRACES_SAMPLER", "always_on")
            .set("OTEL_SERVICE_NAME", "edge")
            .set("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=a%20b,authorization=Bearer abc")
            .start()) {
      try (WsClient socket = WsClient.connect(gateway.port(), "/")) {
        assertThat(socket.call("eth_gasPrice", "[]").toString()).contains("result");
      }
      collector.awaitSpans(2);
    }
    assertThat(server(collector.spans()).resource()).containsEntry("service.name", "edge");
    FakeLoki.Push push = collector.pushes().getFirst();
    assertThat(push.requestLine()).isEqualTo("POST /own/path HTTP/1.1");
    assertThat(push.header("content-type")).isEqualTo("application/x-protobuf");
    assertThat(push.header("x-tenant")).isEqualTo("a b");
    assertThat(push.header("authorization")).isEqualTo("Bearer abc");
  }

  @Test
  void oneTraceInAHundredIsRecordedWhereNothingIsSaid() {
    try (RunningGateway gateway = traced()) {
      for (int i = 0; i < 1_000; i++) {
        gateway.client().post("/", ONE);
      }
    }

    assertThat(collector.spans().stream().filter(OtlpSpan::isServer).count()).isBetween(1L, 40L);
  }

  @Test
  void whatWaitsIsSentAtTheEnd() {
    try (RunningGateway gateway =
        gateway()
            .set("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url())
            .set("OTEL_BSP_SCHEDULE_DELAY", "600000")
            .start()) {
      gateway.client().post("/", ONE, SAMPLED);
      assertThat(collector.pushes()).isEmpty();
    }

    assertThat(collector.spans()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"off", "none", "disabled"})
  void nothingIsReadRecordedOrSentOnWhileTracesAreOff(String how) {
    RunningGateway.Builder builder = gateway();
    if (!how.equals("off")) {
      builder.set("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url());
      builder.set(
          how.equals("none") ? "OTEL_TRACES_EXPORTER" : "OTEL_SDK_DISABLED",
          how.equals("none") ? "none" : "true");
    }
    first.on("eth_getBalance").status(503, "no");

    try (RunningGateway gateway = builder.start()) {
      gateway.client().post("/", ONE, SAMPLED);
    }

    assertThat(collector.pushes()).isEmpty();
    assertThat(second.asked("eth_getBalance"))
        .isNotEmpty()
        .allMatch(asked -> asked.header("traceparent").isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"down", "silent", "garbage", "dripping", "refusing", "failing"})
  void noRequestWaitsForACollectorInTrouble(String trouble) {
    switch (trouble) {
      case "down" -> collector.close();
      case "silent" -> collector.behave(FakeLoki.SILENT);
      case "garbage" -> collector.behave(FakeLoki.GARBAGE);
      case "dripping" -> collector.behave(FakeLoki.DRIPPING);
      case "refusing" -> collector.behave(FakeLoki.status("400 Bad Request"));
      default -> collector.behave(FakeLoki.status("503 Service Unavailable"));
    }
    RunningGateway gateway =
        gateway()
            .set("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url())
            .set("OTEL_BSP_MAX_QUEUE_SIZE", "64")
            .set("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "32")
            .start();
    try (gateway) {
      for (int i = 0; i < 200; i++) {
        Answered answered = gateway.client().post("/", ONE, SAMPLED);
        assertThat(answered.status()).isEqualTo(200);
      }
      if (!trouble.equals("down")) {
        FakeLoki.await("a try", () -> !collector.pushes().isEmpty());
      }
      long since = System.nanoTime();
      gateway.gateway().close();
      assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void whatBecomesOfSpansIsCounted() {
    try (RunningGateway gateway = traced()) {
      gateway.client().post("/", ONE, SAMPLED);
      FakeLoki.await(
          "sent",
          () ->
              gateway
                  .management()
                  .get("/metrics")
                  .text()
                  .contains("jeth_traces_sent_spans_total 2.0"));
      collector.behave(FakeLoki.status("400 Bad Request"));
      gateway.client().post("/", ONE, SAMPLED);
      FakeLoki.await(
          "failed",
          () ->
              gateway
                  .management()
                  .get("/metrics")
                  .text()
                  .contains("jeth_traces_failed_spans_total 2.0"));

      assertThat(gateway.management().get("/metrics").text())
          .contains("jeth_traces_made_spans_total 4.0");
    }
  }

  @Test
  void mistakesAreToldTogetherAndWithoutSecrets() {
    assertThatThrownBy(() ->
            gateway()
                .set("OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://SECRET@collector")
                .set("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
                .set("OTEL_EXPORTER_OTLP_HEADERS", "SECRETword")
                .set("OTEL_TRACES_EXPORTER", "console")
                .set("OTEL_TRACES_SAMPLER", "sometimes")
                .set("OTEL_TRACES_SAMPLER_ARG", "2")
                .start())
        .hasMessageContaining("OTEL_EXPORTER_OTLP_ENDPOINT")
        .hasMessageContaining("'grpc' (expected: http/protobuf)")
        .hasMessageContaining("OTEL_EXPORTER_OTLP_HEADERS")
        .hasMessageContaining("'console' (expected: otlp, or none)")
        .hasMessageContaining("'sometimes' (expected: always_off, always_on, ")
        .hasMessageContaining("'2' (expected: 0 to 1)")
        .hasMessageNotContaining("SECRET");
    assertThatThrownBy(() ->
            gateway().set("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url() + "?key=SECRET").start())
        .hasMessageContaining("has a user or a query (expected: none")
        .hasMessageNotContaining("SECRET");
  }

  @Test
  void whatOnlyTheSdkKnowsToBeWrongEndsTheStartToo() {
    assertThatThrownBy(() ->
            gateway()
                .set("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url())
                .set("OTEL_BSP_MAX_QUEUE_SIZE", "many")
                .start())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("otel.bsp.max.queue.size")
        .hasMessageContaining("many");
  }

  @Test
  void theLibraryIsNotLoadedWhileTracesAreOff() throws Exception {
    Map<String, String> environment =
        Map.of(
            "PORT", "0",
            "MANAGEMENT_PORT", "0",
            "JDK_JAVA_OPTIONS", "-Xlog:class+load:stdout");
    try (Program program = Program.start(environment, "demo")) {
      program.await("Ctrl-C ends it");
      program.process().destroy();
      assertThat(program.text())
          .contains("io.jethproxy.observe.NoTracing")
          .doesNotContain("io.opentelemetry");
    }
  }
}
