package io.jethproxy.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.consistency.Rig.Found;
import io.jethproxy.nodes.GatewayProcess;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The gateway as a process of its own that is ended, killed and started anew, and whose wall clock
 * jumps. Sessions go on over its restarts, and are judged as if there had been none: what they rely
 * on is in the providers, of which one at most fails at the same time.
 *
 * <p>{@code -Dconsistency.seed=…} repeats a run, {@code -Dlong.runs=true} makes each one of about
 * five minutes.
 */
class GatewayRestartConsistencyTest {

  private static final int ROUNDS = Boolean.getBoolean("long.runs") ? 20 : 1;
  private static final int LISTENERS = 3;
  private static final Duration BLOCK_TIME = Duration.ofMillis(400);
  private static final Duration PAUSE = Duration.ofMillis(40);
  private static final Duration BACK_WITHIN = Duration.ofSeconds(20);
  private static final Duration JUMP = Duration.ofHours(5);
  private static final long SEED = Rig.seedOr(System.nanoTime() & 0xffff);
  private static final Pattern TIME = Pattern.compile("(?m)^.{0,12}?(\\d{4}-\\S+?Z)");

  @TempDir private Path directory;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Random random = new Random(SEED);

  private record Ran(Program gateway, Phases phases, Lateness lateness) {}

  @AfterEach
  void closeAll() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  @Test
  @Timeout(1_200)
  void sessionsGoOnOverItsRestartsAsIfThereHadBeenNone() throws Exception {
    int killed = random.nextInt(3);

    Ran ran =
        run(
            "gateway-restarts",
            WallClock.right(),
            gateway ->
                List.of(
                    Nemesis.restart(gateway, Program.Ending.SIGTERM),
                    Nemesis.restart(gateway, Program.Ending.KILL),
                    Nemesis.restartWithout(gateway, killed)));

    assertThat(ran.phases().outages())
        .hasSize(3 * ROUNDS)
        .allMatch(outage -> outage.length(ran.lateness()).compareTo(BACK_WITHIN) < 0);
  }

  @Test
  @Timeout(1_200)
  void doesNotMindThatItsWallClockJumps() throws Exception {
    WallClock clock = WallClock.adjustable(directory);

    Ran ran =
        run(
            "gateway-clock",
            clock,
            gateway ->
                List.of(
                    Nemesis.clockJump(clock, JUMP, random.nextInt(3)),
                    Nemesis.clockJump(clock, JUMP.negated(), random.nextInt(3))));

    GatewayProcess.awaitThat("all providers are in use", () -> ran.gateway().healthy() == 3);
    Instant now = Instant.now();
    assertThat(times(ran.gateway().printed()))
        .as("its log has wrong times, so the clock did jump")
        // Whether anything is logged in each of the two times is chance.
        .anyMatch(time -> Duration.between(time, now).abs().compareTo(JUMP.dividedBy(2)) > 0);
  }

  private Ran run(String target, WallClock clock, Function<Program, List<Nemesis>> nemesesOf)
      throws InterruptedException {
    Rig rig = opened(new Rig(SEED, BLOCK_TIME, 1));
    Program gateway =
        opened(
            new Program(
                directory,
                "drainSeconds: 1\n" + Program.providers(rig.conductor()),
                clock,
                rig.phases()));
    HttpClient http = HttpClient.newHttpClient();
    open.push(http::shutdownNow);
    History heard = new History();
    rig.use(target, gateway.port(), PAUSE);
    List<Resumer> resumers =
        Resumer.several(LISTENERS, gateway.port(), rig.conductor().purse(), heard, http);

    List<Nemesis> nemeses = new ArrayList<>(nemesesOf.apply(gateway));
    for (int round = 0; round < ROUNDS; round++) {
      Collections.shuffle(nemeses, random);
      rig.suffer(nemeses);
    }

    Found found = rig.found().getFirst();
    resumers.forEach(Resumer::close);
    System.out.println("  " + rig.story());
    System.out.println(rig.report(found));
    rig.phases()
        .outages()
        .forEach(outage -> System.out.println("  away for " + outage.length(rig.lateness())));
    assertThat(found.violations()).as("violations").isEmpty();
    assertThat(found.shortcomings()).as("availability").isEmpty();
    Checker checker = new Checker(rig.conductor().oracle(), rig.conductor().purse(), rig.slack());
    assertThat(checker.check(heard.ops())).as("what listeners heard").isEmpty();
    return new Ran(gateway, rig.phases(), rig.lateness());
  }

  private static List<Instant> times(String printed) {
    return TIME.matcher(printed).results().map(result -> Instant.parse(result.group(1))).toList();
  }

  private <T extends AutoCloseable> T opened(T resource) {
    open.push(resource);
    return resource;
  }
}
