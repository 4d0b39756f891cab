package io.jethproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.RawHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Clients write whatever they like; the log stays one parsable line per event. */
@Timeout(120)
class LogInjectionTest {

  private static final Duration SOON = Duration.ofSeconds(20);
  private static final int LINE_BYTES_MAX = 64 * 1024;
  private static final Pattern LISTENS = Pattern.compile("listens on 127\\.0\\.0\\.1:(\\d+)");

  private static final List<String> POISONS =
      List.of(
          "\n{\"level\":\"FATAL\",\"message\":\"forged\"}",
          "\r\n2026-01-01T00:00:00.000Z FATAL forged",
          "\u001b[2J\u001b[31mred",
          "${jndi:ldap://127.0.0.1:9/a}",
          "${env:PATH} {} {0} %s %n",
          "a\u2028b\u2029c\u0085d",
          "\u202eright to left\u200b\ufeff",
          "\u0000\u0001\u007f",
          "\ud800 half",
          "\\\",\"level\":\"FATAL",
          "x".repeat(1_000_000));

  private static final JsonMapper STRICT =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"debug", "trace"})
  void keepsEveryEventOnOneLineOfItsOwn(String level) throws Exception {
    try (FakeProvider provider = FakeProvider.start();
        Program program = start(provider, level)) {
      int port = port(program.await("listens on"));
      awaitReady(port);
      for (String poison : POISONS) {
        provider.on("eth_call").error(-32000, "provider says " + poison);
        inBody(port, poison);
        inHead(port, poison);
      }
      program.process().toHandle().destroy();
      assertThat(program.process().waitFor(60, java.util.concurrent.TimeUnit.SECONDS)).isTrue();

      List<String> lines = program.text().lines().toList();
      assertThat(lines).allSatisfy(LogInjectionTest::isOneEvent);
      assertThat(lines).filteredOn(line -> line.contains("\"logger\":\"access\"")).hasSize(calls());
      assertThat(lines).filteredOn(line -> line.contains("\\\"FATAL\\\"")).isNotEmpty();
    }
  }

  /** Short ones are the method of one call and the id of another; all are in a provider's error. */
  private static int calls() {
    long bits = POISONS.stream().filter(poison -> poison.length() < 200).count();
    return (int) (2 * bits + POISONS.size());
  }

  private Program start(FakeProvider provider, String level) throws IOException {
    Path config = directory.resolve("jeth-proxy.yaml");
    Files.writeString(config, "drainSeconds: 0\nproviders:\n  - " + provider.url() + "\n");
    return Program.start(
        Map.of(
            "HOST", "127.0.0.1",
            "PORT", "0",
            "MANAGEMENT_PORT", "0",
            "LOG_LEVEL", level,
            "LOG_FORMAT", "json"),
        "serve",
        "--config",
        config.toString());
  }

  private static int port(String line) {
    Matcher matcher = LISTENS.matcher(line);
    assertThat(matcher.find()).isTrue();
    return Integer.parseInt(matcher.group(1));
  }

  private static void awaitReady(int port) throws IOException {
    for (int tries = 0; ; tries++) {
      String answer = RawHttp.exchange(port, get("/ready", ""), SOON).text();
      if (answer.startsWith("HTTP/1.1 200")) {
        return;
      }
      assertThat(tries).as(answer).isLessThan(10_000);
    }
  }

  private static String get(String target, String headers) {
    return "GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + headers + "\r\n";
  }

  private static void inBody(int port, String poison) throws IOException {
    String quoted = quoted(poison);
    for (String body :
        List.of(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":" + quoted + "}",
            "{\"jsonrpc\":\"2.0\",\"id\":" + quoted + ",\"method\":\"eth_chainId\"}",
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_call\",\"params\":[{},\"latest\"]}",
            "{\"jsonrpc\":" + quoted + ",\"id\":1,\"method\":\"eth_chainId\"}",
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7," + quoted + ":1}",
            poison)) {
      try (RawHttp raw = RawHttp.connect(port)) {
        assertThat(raw.send(RawHttp.post("/", body)).readResponse(SOON)).isPresent();
      }
    }
  }

  /** JSON in ASCII. */
  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.chars()
        .forEach(c ->
            quoted.append(
                c >= ' ' && c < 0x7f && c != '"' && c != '\\'
                    ? Character.toString(c)
                    : "\\u%04x".formatted(c)));
    return quoted.append('"').toString();
  }

  /** The bytes as they are, and as the target of a request may have them. */
  private static void inHead(int port, String poison) throws IOException {
    String escaped =
        IntStream.range(0, Math.min(poison.length(), 300))
            .mapToObj(i -> "%%%02x".formatted(poison.charAt(i) & 0xff))
            .reduce("", String::concat);
    for (String request :
        List.of(
            get("/" + escaped, ""),
            get("/" + poison, ""),
            get("/", "User-Agent: " + poison + "\r\n"),
            get("/", "X-Request-Id: " + poison + "\r\n"),
            poison + " / HTTP/1.1\r\n\r\n")) {
      try (RawHttp raw = RawHttp.connect(port)) {
        hear(raw, request);
      }
    }
  }

  /** A refusal may come, and the end, before all is sent. */
  private static void hear(RawHttp raw, String request) throws IOException {
    try {
      raw.send(request).halfClose();
    } catch (IOException refused) {
      return;
    }
    assertThat(raw.readUntilEnd(SOON).end()).isNotEqualTo(RawHttp.End.OPEN);
  }

  private static void isOneEvent(String line) {
    assertThat(line.length()).isLessThan(LINE_BYTES_MAX);
    assertThat(line).doesNotContainPattern("[\\p{Cntrl}\u0080-\u009f\u2028\u2029\u202e\u200b]");
    JsonNode event = STRICT.readTree(line);
    assertThat(event.path("time").asString()).isNotEmpty();
    assertThat(event.path("level").asString()).isIn("ERROR", "WARN", "INFO", "DEBUG", "TRACE");
    assertThat(event.path("logger").asString()).isNotEmpty();
    assertThat(event.path("message").asString("")).doesNotStartWith("forged");
  }
}
