package io.jethproxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.observe.Logging.Config;
import io.jethproxy.observe.Logging.Format;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

@Isolated("the root logger belongs to the whole JVM")
class LoggingTest {

  private static final InstantSource NOON =
      InstantSource.fixed(Instant.parse("2026-11-22T13:54:32.003Z"));

  private final Captured stdout = new Captured();
  private final Secrets secrets = new Secrets();
  private final Logger fleet = LoggerFactory.getLogger("io.jethproxy.fleet.Provider");

  private Logging start(Level level, Format format) {
    return Logging.start(new Config(level, Optional.empty(), format), secrets, stdout, NOON);
  }

  @Test
  void writesTextAsTimeLevelPackageMessageAndPairs() {
    try (Logging _ = start(Level.INFO, Format.TEXT)) {
      fleet.atInfo().addKeyValue("provider", "a1").addKeyValue("why", "5 in a row").log("out");
    }

    assertThat(stdout.text())
        .isEqualTo("2026-11-22T13:54:32.003Z INFO  fleet  out provider=a1 why=\"5 in a row\"\n");
  }

  @Test
  void writesJsonWithTheSamePieces() {
    try (Logging _ = start(Level.INFO, Format.JSON)) {
      fleet.atWarn().addKeyValue("provider", "a\"1").addKeyValue("level", "fake").log("out {}", 7);
    }

    assertThat(stdout.text())
        .isEqualTo(
            "{\"time\":\"2026-11-22T13:54:32.003Z\",\"level\":\"WARN\",\"logger\":\"fleet\","
                + "\"message\":\"out 7\",\"provider\":\"a\\\"1\",\"_level\":\"fake\"}\n");
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void writesAnExceptionWithItsCauseOnTheSameLine(Format format) {
    Exception thrown = new IllegalStateException("outer", new IOException("inner\nline"));

    try (Logging _ = start(Level.INFO, format)) {
      fleet.error("failed", thrown);
    }

    assertThat(stdout.lines()).hasSize(1);
    assertThat(stdout.text())
        .contains("java.lang.IllegalStateException: outer")
        .contains("caused by: java.io.IOException: inner")
        .contains("LoggingTest.");
  }

  @Test
  void keepsThirdPartiesAtWarnWhateverTheLevel() {
    Logger netty = LoggerFactory.getLogger("io.netty.channel.Channel");

    try (Logging _ = start(Level.TRACE, Format.TEXT)) {
      netty.info("quiet");
      netty.warn("heard");
      fleet.trace("ours");
    }

    assertThat(stdout.lines()).hasSize(2);
    assertThat(stdout.text()).contains("WARN  io.netty.channel.Channel  heard").contains("ours");
  }

  @Test
  void isSilentBelowTheLevelAndChangesItWhileRunning() {
    try (Logging logging = start(Level.INFO, Format.TEXT)) {
      fleet.debug("one");
      logging.level(Level.DEBUG);
      fleet.debug("two");
      logging.level(Level.ERROR);
      fleet.warn("three");
      LoggerFactory.getLogger("io.netty.X").warn("four");
    }

    assertThat(stdout.lines()).singleElement().asString().contains("two");
  }

  @Test
  void takesWhatTheJdkAndNettyLog() {
    var jul = java.util.logging.Logger.getLogger("sun.net.Something");

    try (Logging _ = start(Level.INFO, Format.TEXT)) {
      jul.info("quiet");
      jul.log(java.util.logging.Level.WARNING, "heard {0}", "once");
      io.netty.util.internal.logging.InternalLoggerFactory.getInstance("io.netty.Z").warn("netty");
    }

    assertThat(stdout.lines()).hasSize(2);
    assertThat(stdout.text())
        .contains("sun.net.Something  heard once")
        .contains("io.netty.Z  netty");
  }

  @Test
  void logsWhatAThreadDidNotCatch() throws InterruptedException {
    try (Logging _ = start(Level.INFO, Format.TEXT)) {
      Thread thread =
          new Thread(
              () -> {
                throw new IllegalStateException("boom");
              },
              "worker");
      thread.start();
      thread.join();
    }

    assertThat(stdout.text()).contains("ERROR app  uncaught exception in thread worker");
  }

  static List<String> hostileTexts() {
    return List.of(
        "eth_call\n{\"level\":\"FATAL\"}",
        "eth_call\r\n2026-11-22T13:54:32.003Z INFO  app  fake",
        "\u001b[31mred\u001b[0m\u0007\u0000\u009b31m",
        "${jndi:ldap://127.0.0.1/a}",
        "a\u2028b\u2029c\u0085d",
        "\u202egnp.exe\u2066\ufeff\u200b",
        "\ud800 half \udc00 pairs \ud83d\ude00 whole",
        "\"quotes\" and \\ and {} and %s",
        "x".repeat(1 << 20),
        "\n".repeat(1 << 20),
        "\ud83d\ude00".repeat(1 << 19),
        "\"\\".repeat(1 << 19));
  }

  @ParameterizedTest
  @MethodSource("hostileTexts")
  void makesOneBoundedParsableJsonLineOfHostileText(String hostile) {
    try (Logging _ = start(Level.INFO, Format.JSON)) {
      fleet
          .atInfo()
          .addKeyValue("method", hostile)
          .addKeyValue(hostile, hostile)
          .setCause(new IOException(hostile))
          .log("method {}", hostile);
    }

    byte[] bytes = stdout.toByteArray();
    assertThat(bytes.length).isLessThanOrEqualTo(LineFormat.LINE_BYTES_MAX);
    assertThat(count(bytes, '\n')).isEqualTo(1);
    JsonNode line = new ObjectMapper().readTree(bytes);
    assertThat(line.get("level").asString()).isEqualTo("INFO");
    assertThat(line.get("message").asString()).startsWith("method ");
    assertThat(line.get("exception").asString()).startsWith("java.io.IOException");
    assertIsHarmless(stdout.text());
  }

  @ParameterizedTest
  @MethodSource("hostileTexts")
  void makesOneBoundedTextLineOfHostileText(String hostile) {
    try (Logging _ = start(Level.INFO, Format.TEXT)) {
      fleet
          .atInfo()
          .addKeyValue("method", hostile)
          .setCause(new IOException(hostile))
          .log("method {}", hostile);
    }

    byte[] bytes = stdout.toByteArray();
    assertThat(bytes.length).isLessThanOrEqualTo(LineFormat.LINE_BYTES_MAX);
    assertThat(count(bytes, '\n')).isEqualTo(1);
    assertThat(stdout.text()).startsWith("2026-11-22T13:54:32.003Z INFO  fleet  method ");
    assertIsHarmless(stdout.text());
  }

  private static void assertIsHarmless(String line) {
    assertThat(line.strip()).doesNotContainPattern("[\\p{Cntrl}\u0080-\u009f\u2028\u2029\u202e]");
    assertThat(line).doesNotContain("\ufffd"); // it is valid UTF-8
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void boundsALineThatIsLongInEveryPart(Format format) {
    try (Logging _ = start(Level.INFO, format)) {
      var line = LoggerFactory.getLogger("x".repeat(10_000)).atWarn();
      for (int i = 0; i < 40; i++) {
        line = line.addKeyValue(i + "\u0001".repeat(10_000), "\u2028".repeat(10_000));
      }
      line.setCause(new IOException("y".repeat(10_000), new IOException("z".repeat(10_000))))
          .log("m".repeat(10_000));
    }

    assertThat(stdout.lines()).hasSize(1);
    assertThat(stdout.size()).isBetween(7_000, LineFormat.LINE_BYTES_MAX);
  }

  @Test
  void showsControlCharactersAsHex() {
    try (Logging _ = start(Level.INFO, Format.TEXT)) {
      fleet.info("a\nb\u001b[31m\u2028");
    }

    assertThat(stdout.text()).contains("a\\x0ab\\x1b[31m\\u2028\n");
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void masksKnownSecretsInMessagesPairsAndExceptions(Format format) {
    secrets.learnUrl("https://USERcanary1:PAS\"canary2@host.example:1/v2/KEYcanary3?k=QRYcanary4");

    try (Logging _ = start(Level.INFO, format)) {
      fleet
          .atWarn()
          .addKeyValue("url", "https://host.example/v2/KEYcanary3")
          .setCause(new IOException("to https://host.example:1/v2/keyCANARY3?k=QRYcanary4"))
          .log("USERcanary1:PAS\"canary2 and {}", "x".repeat(16_370) + "KEYcanary3");
    }

    assertThat(stdout.text().toLowerCase(java.util.Locale.ROOT))
        .contains("***")
        .doesNotContain("canary")
        .doesNotContain("host.example");
  }

  @Test
  void survivesAnArgumentThatCannotPrintItself() {
    Object broken =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException("no");
          }
        };

    try (Logging _ = start(Level.INFO, Format.TEXT)) {
      fleet.atInfo().addKeyValue("key", broken).log("message");
    }

    assertThat(stdout.lines()).singleElement().asString().contains("toString failed");
  }

  private static long count(byte[] bytes, char wanted) {
    return new String(bytes, StandardCharsets.ISO_8859_1).chars().filter(c -> c == wanted).count();
  }
}
