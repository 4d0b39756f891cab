package io.jethproxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.fleet.Secret;
import io.jethproxy.observe.Logging.Config;
import io.jethproxy.observe.Logging.Format;
import io.jethproxy.observe.LokiCounts.Lost;
import io.jethproxy.testing.BlackHole;
import io.jethproxy.testing.FakeLoki;
import io.jethproxy.testing.FakeLoki.Manner;
import io.jethproxy.testing.LokiPushes;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Logging to a Loki on a real socket, well and in every kind of trouble. */
@Isolated("the root logger belongs to the whole JVM")
@Timeout(60)
class LokiTest {

  private static final InstantSource NOON =
      InstantSource.fixed(Instant.parse("2026-11-22T13:54:32.003Z"));
  private static final long NOON_NANOS = 1_795_355_672_003_000_000L;

  private final FakeLoki loki = FakeLoki.start();
  private final Captured stdout = new Captured();
  private final Secrets secrets = new Secrets();
  private final Logger fleet = LoggerFactory.getLogger("io.jethproxy.fleet.Provider");

  @AfterEach
  void stop() {
    loki.close();
  }

  private Logging start() {
    return start(loki.url() + "/loki/api/v1/push", Format.TEXT, true);
  }

  private Logging start(String url, Format format, boolean metadata) {
    LokiTarget target =
        new LokiTarget(
            URI.create(url),
            Optional.of(new Secret("Basic am9lOnMzY3IzdA==")),
            Optional.of("team-a"),
            metadata,
            "host-1");
    Config config = new Config(Level.INFO, Optional.empty(), format, Optional.of(target));
    return Logging.start(config, secrets, stdout, NOON);
  }

  private static LokiCounts counts(Logging logging) {
    return logging.loki().orElseThrow();
  }

  private static long lost(LokiCounts counts) {
    long sum = 0;
    for (Lost why : Lost.values()) {
      sum += counts.lostLines(why);
    }
    return sum;
  }

  @Test
  void shipsTheLinesOfTheOtherSinksWithLabelsAndMetadata() {
    try (Logging _ = start()) {
      fleet.atInfo().addKeyValue("network", "base").addKeyValue("provider", "a1").log("out");
      fleet.warn("no network");
      fleet.atInfo().addKeyValue("network", "base").log("in");
    }

    assertThat(loki.refusals()).isEmpty();
    assertThat(loki.entries())
        .containsExactly(
            new LokiPushes.Entry(
                Map.of("application", "jeth-proxy", "level", "info", "network", "base"),
                NOON_NANOS,
                "2026-11-22T13:54:32.003Z INFO  fleet  out network=base provider=a1",
                Map.of("logger", "fleet", "instance", "host-1", "provider", "a1")),
            new LokiPushes.Entry(
                Map.of("application", "jeth-proxy", "level", "info", "network", "base"),
                NOON_NANOS + 2,
                "2026-11-22T13:54:32.003Z INFO  fleet  in network=base",
                Map.of("logger", "fleet", "instance", "host-1")),
            new LokiPushes.Entry(
                Map.of("application", "jeth-proxy", "level", "warn"),
                NOON_NANOS + 1,
                "2026-11-22T13:54:32.003Z WARN  fleet  no network",
                Map.of("logger", "fleet", "instance", "host-1")));
    assertThat(loki.text().lines()).containsExactlyInAnyOrderElementsOf(stdout.lines());
  }

  @Test
  void sendsOneGzippedPushWithUserAndTenant() {
    try (Logging logging = start()) {
      for (int i = 0; i < 500; i++) {
        fleet.info("line {}", i);
      }
      FakeLoki.await("shipped", () -> counts(logging).sentLines() == 500);
    }

    assertThat(loki.pushes()).hasSizeBetween(1, 2);
    FakeLoki.Push push = loki.pushes().getFirst();
    assertThat(push.requestLine()).isEqualTo("POST /loki/api/v1/push HTTP/1.1");
    assertThat(push.header("content-type")).isEqualTo("application/json");
    assertThat(push.header("content-encoding")).isEqualTo("gzip");
    assertThat(push.header("authorization")).isEqualTo("Basic am9lOnMzY3IzdA==");
    assertThat(push.header("x-scope-orgid")).isEqualTo("team-a");
    assertThat(loki.pushes().stream().mapToInt(p -> p.body().length).sum()).isLessThan(10_000);
  }

  @Test
  void leavesMetadataOutForALokiThatDoesNotAllowIt() {
    try (Logging _ = start(loki.url() + "/loki/api/v1/push", Format.JSON, false)) {
      fleet.atInfo().addKeyValue("provider", "a1").log("out");
    }

    assertThat(loki.entries())
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.metadata()).isEmpty();
          assertThat(entry.line()).startsWith("{\"time\":").contains("\"provider\":\"a1\"");
        });
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void shipsNoSecret(Format format) {
    secrets.learnUrl("https://USERcanary1:PAS\"canary2@host.example:1/v2/KEYcanary3?k=QRYcanary4");

    try (Logging _ = start(loki.url() + "/loki/api/v1/push", format, true)) {
      fleet
          .atWarn()
          .addKeyValue("url", "https://host.example/v2/KEYcanary3")
          .addKeyValue("network", "KEYcanary3")
          .setCause(new IOException("to https://host.example:1/v2/keyCANARY3?k=QRYcanary4"))
          .log("USERcanary1:PAS\"canary2 and {}", "x".repeat(16_370) + "KEYcanary3");
    }

    assertThat(loki.entries()).hasSize(1);
    assertThat(loki.entries().toString().toLowerCase(Locale.ROOT))
        .contains("***")
        .doesNotContain("canary")
        .doesNotContain("host.example");
  }

  @Test
  void losesNothingWhenLokiFailsForAWhileAndSaysSoOnceElsewhere() {
    loki.behave(FakeLoki.status("500 Internal Server Error"));

    try (Logging logging = start()) {
      fleet.info("first");
      FakeLoki.await("tried thrice", () -> loki.pushes().size() >= 3);
      fleet.info("second");
      loki.behave(FakeLoki.WELL);
      FakeLoki.await("shipped", () -> counts(logging).sentLines() == 2);
      FakeLoki.await("said", () -> stdout.text().contains("works again; 0 lines are lost"));
      assertThat(counts(logging).failedPushes(LokiTrouble.STATUS)).isGreaterThanOrEqualTo(3);
      assertThat(lost(counts(logging))).isZero();
    }

    assertThat(loki.text()).contains("first").contains("second").doesNotContain("ship");
    assertThat(stdout.lines().stream().filter(line -> line.contains("cannot ship")))
        .singleElement()
        .asString()
        .endsWith("cannot ship to Loki: status: 500 said by loki");
  }

  @Test
  void leavesLokiAloneAsLongAsItAsks() {
    loki.behave(FakeLoki.status("429 Too Many Requests", "Retry-After: 2"));

    try (Logging logging = start()) {
      fleet.info("first");
      FakeLoki.await("tried", () -> loki.pushes().size() == 1);
      loki.behave(FakeLoki.WELL);
      FakeLoki.await("shipped", () -> counts(logging).sentLines() == 1);
      assertThat(counts(logging).failedPushes(LokiTrouble.THROTTLED)).isEqualTo(1);
    }

    long waited = loki.pushes().get(1).atNanos() - loki.pushes().get(0).atNanos();
    assertThat(Duration.ofNanos(waited)).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void givesUpOnlyTheBatchThatLokiRefuses() {
    loki.behave(FakeLoki.status("400 Bad Request"));

    try (Logging logging = start()) {
      fleet.info("too far behind");
      FakeLoki.await("refused", () -> counts(logging).lostLines(Lost.REFUSED) == 1);
      loki.behave(FakeLoki.WELL);
      fleet.info("next");
      FakeLoki.await("shipped", () -> counts(logging).sentLines() == 1);
      assertThat(counts(logging).failedPushes(LokiTrouble.REFUSED)).isEqualTo(1);
    }

    assertThat(loki.pushes()).hasSize(2);
    assertThat(loki.text()).contains("next").doesNotContain("too far");
    assertThat(stdout.text()).contains("Loki refuses lines, which are lost: 400 said by loki");
  }

  @Test
  void keepsTheNewestWithinItsBoundWhileLokiIsDown() {
    int port = loki.port();
    loki.close();

    try (Logging logging = start()) {
      for (int i = 0; i < 50_000; i++) {
        fleet.info("line {} {}", i, "x".repeat(500));
      }
      LokiCounts counts = counts(logging);
      assertThat(counts.waitingBytes()).isBetween(7L << 20, LokiShipper.ROOM.bytes());
      long dropped = counts.lostLines(Lost.FULL);
      assertThat(dropped).isBetween(40_000L, 45_000L);

      try (FakeLoki back = FakeLoki.start(port)) {
        FakeLoki.await("shipped", () -> counts.sentLines() == 50_000 - dropped);
        assertThat(back.refusals()).isEmpty();
        // besides the newest, at most one batch that was on its way when newer lines came
        List<Integer> numbers =
            back.entries().stream().map(e -> Integer.valueOf(e.line().split(" +", -1)[4])).toList();
        assertThat(numbers).doesNotHaveDuplicates();
        assertThat(numbers).filteredOn(n -> n >= 44_000).hasSize(6_000);
        assertThat(counts.waitingBytes()).isZero();
      }
    }
  }

  @Test
  void followsNoRedirect() {
    try (FakeLoki elsewhere = FakeLoki.start()) {
      loki.behave(
          FakeLoki.status(
              "307 Temporary Redirect", "Location: " + elsewhere.url() + "/loki/api/v1/push"));
      try (Logging logging = start()) {
        fleet.info("first");
        FakeLoki.await("tried", () -> counts(logging).failedPushes(LokiTrouble.REDIRECTED) > 0);
      }
      assertThat(elsewhere.pushes()).isEmpty();
    }
  }

  /** How a Loki can be when the gateway stops. */
  enum Trouble {
    DOWN(FakeLoki.WELL),
    SILENT(FakeLoki.SILENT),
    DRIPPING(FakeLoki.DRIPPING),
    GARBAGE(FakeLoki.GARBAGE),
    HUGE(FakeLoki.HUGE),
    ERROR(FakeLoki.status("500 Internal Server Error")),
    THROTTLING(FakeLoki.status("429 Too Many Requests", "Retry-After: 300")),
    DENYING(FakeLoki.status("401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"")),
    REDIRECTING(FakeLoki.status("302 Found", "Location: /elsewhere")),
    REFUSING(FakeLoki.status("400 Bad Request"));

    @SuppressWarnings("ImmutableEnumChecker") // without state
    private final Manner manner;

    Trouble(Manner manner) {
      this.manner = manner;
    }
  }

  @ParameterizedTest
  @EnumSource(Trouble.class)
  void stopsWithinFiveSecondsAndCountsEveryLine(Trouble trouble) {
    loki.behave(trouble.manner);
    if (trouble == Trouble.DOWN) {
      loki.close();
    }

    assertStopsInTime(start());

    assertThat(stdout.lines().stream().filter(line -> line.contains("fleet  line"))).hasSize(3_000);
    assertThat(stdout.text())
        .contains(
            trouble == Trouble.REFUSING
                ? "Loki refuses lines"
                : "3000 log lines had not been shipped to Loki when logging ended");
  }

  @Test
  void stopsWithinFiveSecondsWhenPacketsToLokiVanish() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }

    try (BlackHole _ = BlackHole.at("127.0.0.1", port)) {
      assertStopsInTime(start("http://127.0.0.1:" + port + "/push", Format.TEXT, true));
    }
  }

  private void assertStopsInTime(Logging logging) {
    for (int i = 0; i < 3_000; i++) {
      fleet.info("line {}", i);
    }
    long begin = System.nanoTime();
    logging.close();
    long nanos = System.nanoTime() - begin;

    assertThat(Duration.ofNanos(nanos)).isLessThan(Duration.ofSeconds(5));
    assertThat(counts(logging).sentLines()).isZero();
    assertThat(lost(counts(logging))).isEqualTo(3_000);
    assertThat(counts(logging).waitingBytes()).isZero();
  }

  @Test
  void shipsWhatWaitsWhenItStops() {
    try (Logging _ = start()) {
      for (int i = 0; i < 15_000; i++) {
        fleet.info("line {}", i);
      }
    }

    assertThat(loki.refusals()).isEmpty();
    assertThat(loki.entries()).hasSize(15_000);
    assertThat(loki.entries().getLast().line()).endsWith("line 14999");
  }

  static List<Manner> badAnswers() {
    return List.of(FakeLoki.GARBAGE, FakeLoki.HUGE);
  }

  @ParameterizedTest
  @MethodSource("badAnswers")
  void recoversFromAnswersThatAreNone(Manner manner) {
    loki.behave(manner);

    try (Logging logging = start()) {
      fleet.info("first");
      FakeLoki.await("tried twice", () -> loki.pushes().size() >= 2);
      loki.behave(FakeLoki.WELL);
      FakeLoki.await("shipped", () -> counts(logging).sentLines() == 1);
    }
  }
}
