package io.jethproxy.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.LoadReport;
import io.jethproxy.testing.OpenLoop;
import io.jethproxy.testing.OpenLoop.Question;
import io.jethproxy.testing.OpenLoop.Sample;
import io.jethproxy.testing.RpcClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ends, pauses and starts of the real program, seen by its clients. */
@Timeout(180)
class RestartTest {

  private static final int PER_SECOND = Integer.getInteger("restart.rate", 200);
  private static final int ROLLS = Boolean.getBoolean("long.runs") ? 20 : 4;
  private static final Duration READY_WITHIN = Duration.ofSeconds(5);

  @TempDir private Path directory;
  private FakeProvider[] providers;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  @BeforeEach
  void startProviders() {
    providers =
        IntStream.range(0, 3)
            .mapToObj(_ -> opened(FakeProvider.start()))
            .toArray(FakeProvider[]::new);
  }

  @AfterEach
  void closeAll() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  @Test
  void losesNoRequestWhenReplicasAreRolledBehindABalancer() throws Exception {
    Balancer balancer = opened(new Balancer());
    GatewayProcess older = replica();
    GatewayProcess newer = replica();
    balancer.add(older);
    balancer.add(newer);
    Load load = new Load(balancer.port());

    for (int i = 0; i < ROLLS; i++) {
      GatewayProcess next = replica();
      balancer.add(next);
      older.terminate();
      assertThat(older.exitCode()).as("exit code after SIGTERM").isZero();
      balancer.remove(older);
      older = newer;
      newer = next;
    }

    LoadReport report = load.end();
    assertThat(report.failed().stream().limit(10)).as("%s", report).isEmpty();
    assertThat(report.wrongIds()).isEmpty();
  }

  @Test
  void losesOnlyWhatWasUnderWayWhenKilledAndIsSoonBack() throws Exception {
    GatewayProcess first = opened(GatewayProcess.before(providers).start()).awaitReady();
    Load load = new Load(first.port());
    load.awaitAnswers(100);

    first.kill();
    long start = System.nanoTime();
    GatewayProcess second =
        opened(GatewayProcess.before(providers).set("PORT", Integer.toString(first.port())).start())
            .awaitReady();
    assertReadySoon(start, second);
    load.awaitAnswers(100);

    LoadReport report = load.end();
    assertThat(report.failures().keySet())
        .as("how requests fail while nobody is there, or not ready yet")
        .allMatch(failure -> failure.contains("Exception: ") || failure.equals("http 503"));
    LoadReport answered = report.where(sample -> !sample.failed());
    assertThat(answered.wrongIds()).isEmpty();
    assertThat(answered.samples().stream().map(Sample::answer).distinct())
        .containsExactly("\"0xde0b6b3a7640000\"");
  }

  @Test
  void startsWithAllProvidersDownSaysSoAndRecoversAlone() throws Exception {
    for (FakeProvider provider : providers) {
      provider.kill();
    }
    GatewayProcess gateway = opened(GatewayProcess.before(providers).start());
    RpcClient client = opened(gateway.client());

    RpcClient.Answered ready = client.get("/ready");
    RpcClient.Answered refused = client.call("eth_blockNumber", "[]");

    assertThat(ready.status()).isEqualTo(503);
    assertThat(ready.json().path("reason").asString()).isNotEmpty();
    assertThat(client.get("/health").status()).isEqualTo(200);
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.errorCode()).isEqualTo(-32002);
    assertThat(refused.header("Retry-After")).isPresent();

    for (FakeProvider provider : providers) {
      provider.revive();
    }

    gateway.awaitReady();
    assertThat(client.call("eth_blockNumber", "[]").result().asString()).isEqualTo("0x3e8");
  }

  @Test
  void isReadySoonWithOneProviderDownAndAnotherThatDoesNotAnswer() throws Exception {
    providers[0].kill();
    providers[1].freeze();

    long start = System.nanoTime();
    GatewayProcess gateway = opened(GatewayProcess.before(providers).start()).awaitReady();

    assertReadySoon(start, gateway);
    RpcClient client = opened(gateway.client());
    assertThat(client.call("eth_blockNumber", "[]").result().asString()).isEqualTo("0x3e8");
  }

  @Test
  void blamesNobodyForAPauseOfItsOwn() throws Exception {
    GatewayProcess gateway =
        opened(GatewayProcess.before(providers).set("TIMEOUT_SECONDS", "1").start()).awaitReady();
    Load load = new Load(gateway.port());
    load.awaitAnswers(400);

    gateway.pause();
    load.awaitSent(3 * PER_SECOND); // three times as long as an attempt may take
    gateway.resume();
    long resumed = load.elapsedNanos();
    load.awaitSent(5 * PER_SECOND);

    LoadReport report = load.end();
    LoadReport after = report.where(sample -> sample.dueNanos() >= resumed);
    assertThat(after.failed().size()).as("%s", after).isLessThanOrEqualTo(after.count() / 100);
    assertThat(report.failed()).as("%s", report).hasSizeLessThanOrEqualTo(report.count() / 100);
    assertThat(gateway.printed()).doesNotContain("ejected");
  }

  @Test
  void leavesAtOnceWhenAskedTwice() throws Exception {
    GatewayProcess gateway =
        opened(
                GatewayProcess.before(providers)
                    .yaml(directory.resolve("slow.yaml"), "drainSeconds: 120\n")
                    .start())
            .awaitReady();
    RpcClient client = opened(gateway.client());

    gateway.terminate();
    gateway.await("drains", () -> client.get("/health").status() == 503);
    assertThat(client.call("eth_gasPrice", "[]").status()).as("served on").isEqualTo(200);
    gateway.terminate();

    long start = System.nanoTime();
    assertThat(gateway.exitCode()).as("it printed %s", gateway.printed()).isZero();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void leavesNothingBehindInFiftyStartsAndStops() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                StartsAndStops.class.getName(),
                "50")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("cycles").toFile())
            .start();
    open.push(process::destroyForcibly);

    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();

    assertThat(process.exitValue())
        .as("%s", Files.readString(directory.resolve("cycles")))
        .isZero();
  }

  private GatewayProcess replica() {
    return opened(
        GatewayProcess.before(providers)
            .yaml(directory.resolve("replica.yaml"), "drainSeconds: 1\n")
            .start());
  }

  private static void assertReadySoon(long startNanos, GatewayProcess gateway) {
    assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
        .as("from exec to ready; it printed:%n%s", gateway.printed())
        .isLessThan(READY_WITHIN);
  }

  private <T extends AutoCloseable> T opened(T resource) {
    open.push(resource);
    return resource;
  }

  /** Balances at a constant rate, until it is ended. */
  private final class Load {
    private final AtomicBoolean goesOn = new AtomicBoolean(true);
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final long startNanos = System.nanoTime();
    private final CompletableFuture<LoadReport> report;

    Load(int port) {
      OpenLoop load = OpenLoop.on(port, "/", PER_SECOND, this::question).heardBy(this::hear);
      report =
          CompletableFuture.supplyAsync(
              () -> load.runWhile(goesOn::get), Thread::startVirtualThread);
      open.push(() -> goesOn.set(false));
    }

    private Question question(long id) {
      sent.incrementAndGet();
      return new Question(
          "eth_getBalance", "[\"0x00000000000000000000000000000000000000aa\",\"latest\"]");
    }

    private void hear(Sample sample) {
      if (!sample.failed()) {
        answered.incrementAndGet();
      }
    }

    /** Waits for so many more. */
    void awaitAnswers(int count) {
      long before = answered.get();
      GatewayProcess.awaitThat(count + " answers", () -> answered.get() - before >= count);
    }

    void awaitSent(int count) {
      long before = sent.get();
      GatewayProcess.awaitThat(count + " requests", () -> sent.get() - before >= count);
    }

    long elapsedNanos() {
      return System.nanoTime() - startNanos;
    }

    LoadReport end() {
      goesOn.set(false);
      return report.join();
    }
  }
}
