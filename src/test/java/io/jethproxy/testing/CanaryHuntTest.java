package io.jethproxy.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CanaryHuntTest {

  /** Not one of the suite: this class shows it around. */
  private static final String SECRET = "zq3PW!bird$In+Mine/x8Lk";

  private final CanaryHunt hunt = CanaryHunt.of(Map.of("bird", SECRET));

  @Test
  void findsASecretInEveryForm() {
    Map<String, String> texts =
        Map.of(
            "raw",
            SECRET,
            "upper case",
            SECRET.toUpperCase(Locale.ROOT),
            "lower case",
            SECRET.toLowerCase(Locale.ROOT),
            "URL-encoded",
            URLEncoder.encode(SECRET, StandardCharsets.UTF_8),
            "first 8",
            SECRET.substring(0, 8) + "…",
            "last 8",
            "…" + SECRET.substring(SECRET.length() - 8));

    texts.forEach((form, text) -> {
      hunt.look("a log", "before " + text + " after");
      assertThat(hunt.findings()).anySatisfy(f -> assertThat(f).contains(form + " of bird"));
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "u", "us", "user:", "user1:", "user12:"})
  void findsBase64WhereverTheSecretBegins(String before) {
    String header =
        Base64.getEncoder()
            .encodeToString((before + SECRET + ":tail").getBytes(StandardCharsets.UTF_8));

    hunt.look("a header", "Basic " + header);

    assertThat(hunt.findings()).singleElement().asString().contains("base64 of bird");
  }

  @Test
  void saysWhereItWasFoundWithoutShowingIt() {
    hunt.look("response to POST", "url=http://u:" + SECRET + "@host");

    assertThatThrownBy(hunt::assertNone)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("response to POST: raw of bird after \"url=http://u:\"")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain(SECRET.substring(0, 8)));
    assertThatCode(hunt::assertNone).doesNotThrowAnyException();
  }

  @Test
  void looksAtWatchedPlacesWhenAsked(@TempDir Path directory) throws IOException {
    Path log = directory.resolve("proxy.log");
    try (FakeProvider provider = FakeProvider.start()) {
      provider.always().status(200, "{\"key\":\"" + SECRET + "\"}");
      hunt.watchFile(log).watchUrl(URI.create(provider.url() + "/metrics"));

      List<String> before = hunt.findings();
      Files.writeString(log, "x\n" + SECRET.toUpperCase(Locale.ROOT));

      assertThat(before).anySatisfy(f -> assertThat(f).startsWith("GET /metrics: raw"));
      assertThat(before).noneSatisfy(f -> assertThat(f).startsWith("file"));
      assertThat(hunt.findings())
          .anySatisfy(f -> assertThat(f).startsWith("file proxy.log: upper case"));
    }
  }

  @Test
  void findsSecretsInCommandLinesAndThreadNames() throws IOException {
    Process process = new ProcessBuilder("sleep", "60").start();
    Process leaking =
        new ProcessBuilder("sh", "-c", "sleep 60; : " + SECRET.replace("$", "\\$")).start();
    Thread thread = Thread.ofPlatform().name("to " + SECRET).start(CanaryHuntTest::park);
    try {
      hunt.watchThreads().watchCommandLine(process.pid()).watchCommandLine(leaking.pid());

      List<String> found = hunt.findings();

      assertThat(found).anySatisfy(f -> assertThat(f).startsWith("thread dump: raw"));
      assertThat(found)
          .anySatisfy(
              f -> assertThat(f).startsWith("command line of process " + leaking.pid() + ":"));
      assertThat(found).noneSatisfy(f -> assertThat(f).contains("process " + process.pid() + ":"));
    } finally {
      process.destroyForcibly();
      leaking.descendants().forEach(ProcessHandle::destroyForcibly);
      leaking.destroyForcibly();
      thread.interrupt();
    }
  }

  @Test
  void findsASecretThatIsSplitBetweenTwoWrites() throws IOException {
    ByteArrayOutputStream onwards = new ByteArrayOutputStream();
    CanaryTee tee = new CanaryTee("stdout", onwards, hunt);

    tee.write(("a".repeat(70_000) + SECRET.substring(0, 7)).getBytes(StandardCharsets.UTF_8));
    tee.look();
    tee.write(SECRET.substring(7).getBytes(StandardCharsets.UTF_8));
    tee.look();

    assertThat(hunt.findings()).anySatisfy(f -> assertThat(f).startsWith("stdout: raw of bird"));
    assertThat(onwards.size()).isEqualTo(70_000 + SECRET.length());
  }

  @Test
  void hearsTheAnswersOfAClient() {
    try (FakeProvider provider = FakeProvider.start();
        RpcClient client = new RpcClient(provider.uri()).heardBy(hunt)) {
      provider.always().times(1).status(401, "no", "WWW-Authenticate: " + SECRET);

      client.post("{}");

      assertThat(hunt.findings())
          .anySatisfy(f -> assertThat(f).startsWith("response to POST (status 401): raw of bird"));
    }
  }

  @Test
  void registersItsWatchOverTheWholeRun() {
    assertThat(ServiceLoader.load(Extension.class))
        .anySatisfy(extension -> assertThat(extension).isInstanceOf(CanaryWatch.class));
  }

  private static void park() {
    java.util.concurrent.locks.LockSupport.parkNanos(60_000_000_000L);
  }
}
