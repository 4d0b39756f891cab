package io.jethproxy.consistency;

import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Real nodes with a conductor, and sessions of all kinds before any number of gateways, each with a
 * history of its own. Driven by one thread.
 */
final class Rig implements AutoCloseable {

  static final int WALLETS = 2;

  /** Blocks without a fault after each fault. */
  private static final int CALM_BLOCKS = 3;

  private static final int PAYMENTS_PER_WALLET = 60;

  private final long seed;
  private final Duration blockTime;
  private final Conductor conductor;
  private final Map<String, History> histories = new LinkedHashMap<>();
  private final List<Thread> users = new ArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Subscriber> subscribers = new ArrayList<>();
  private final long startNanos = System.nanoTime();
  private final Phases phases = new Phases();
  private final Lateness lateness = Lateness.measured();
  private int uses;
  private volatile boolean going = true;

  /** What was found before one gateway. */
  record Found(
      String target,
      History history,
      List<Violation> violations,
      Availability availability,
      Duration oldestHead) {

    Map<Guarantee, Long> counts() {
      return violations.stream()
          .collect(Collectors.groupingBy(Violation::guarantee, Collectors.counting()));
    }

    List<String> shortcomings() {
      return availability.shortcomings();
    }
  }

  /** For so many gateways; three nodes. */
  Rig(long seed, Duration blockTime, int targets) {
    this.seed = seed;
    this.blockTime = blockTime;
    long staggerMillisMax = blockTime.toMillis() / 4;
    conductor = new Conductor(3, targets * WALLETS, PAYMENTS_PER_WALLET, seed, staggerMillisMax);
    System.out.println("consistency: seed " + seed + ", block time " + blockTime);
  }

  static long seedOr(long chosen) {
    return Long.getLong("consistency.seed", chosen);
  }

  Conductor conductor() {
    return conductor;
  }

  Phases phases() {
    return phases;
  }

  Lateness lateness() {
    return lateness;
  }

  Slack slack() {
    return Slack.of(blockTime, lateness);
  }

  /** Begins to use a gateway at this port, in sessions of all kinds. */
  void use(String target, int port, Duration pause) {
    History history = histories.computeIfAbsent(target, name -> new History());
    int first = uses++ * WALLETS;
    Purse purse = conductor.purse();
    Random random = new Random(seed + first);
    List<Workload> workloads = new ArrayList<>();
    workloads.add(new HeadPoll(new Random(random.nextLong())));
    workloads.add(new HeadPoll(new Random(random.nextLong())));
    workloads.add(new Indexer(new Random(random.nextLong()), purse.contract()));
    for (String account : purse.accounts().subList(first, first + WALLETS)) {
      workloads.add(new Wallet(new Random(random.nextLong()), account, purse.payments(account)));
    }
    String account = purse.accounts().get(first);
    workloads.add(new BatchMix(new Random(random.nextLong()), purse.contract(), account));
    workloads.add(new FinalizedFollower(new Random(random.nextLong())));
    for (Workload workload : workloads) {
      String name = workload.name() + "-" + users.size();
      users.add(
          Thread.ofVirtual()
              .name(name)
              .start(() -> use(workload, new Session(name, port, history), pause)));
    }
  }

  /**
   * Begins to listen at a gateway, with so many clients, to blocks and to logs; the first also
   * reads what each block promises.
   */
  void listen(String target, URI uri, int clients) {
    History history = histories.computeIfAbsent(target, name -> new History());
    String logs = "[\"logs\",{\"address\":\"%s\"}]".formatted(conductor.purse().contract());
    for (int i = 0; i < clients; i++) {
      String name = "subscriber-" + subscribers.size();
      Subscriber.Reaction reaction = i == 0 ? Rig::readPromised : (self, hash) -> {};
      Subscriber subscriber = new Subscriber(name, uri, history, http, reaction);
      subscribers.add(subscriber);
      subscriber.subscribe("[\"newHeads\"]");
      subscriber.subscribe(logs);
    }
  }

  private static void readPromised(Subscriber self, String hash) {
    self.ask("eth_getLogs", "[{\"blockHash\":\"" + hash + "\"}]");
    self.ask("eth_getBlockByNumber", "[\"latest\",false]");
  }

  private void use(Workload workload, Session session, Duration pause) {
    try (session) {
      while (going) {
        workload.step(session);
        LockSupport.parkNanos(pause.toNanos());
      }
    }
  }

  /** Lets one after the other happen, with calm between. */
  void suffer(List<Nemesis> nemeses) {
    grow(CALM_BLOCKS);
    for (Nemesis nemesis : nemeses) {
      phases.begins(System.nanoTime());
      nemesis.begin().accept(conductor);
      grow(nemesis.blocks());
      nemesis.end().accept(conductor);
      phases.healed(nemesis.name(), System.nanoTime());
      grow(CALM_BLOCKS);
    }
  }

  /** At the pace of the chain. */
  void grow(int blocks) {
    for (int i = 0; i < blocks; i++) {
      long next = System.nanoTime() + blockTime.toNanos();
      conductor.grow();
      while (System.nanoTime() - next < 0) {
        LockSupport.parkNanos(next - System.nanoTime());
      }
    }
  }

  /** Ends all use and checks what each gateway has answered. */
  List<Found> found() throws InterruptedException {
    going = false;
    phases.ended(System.nanoTime());
    for (Thread user : users) {
      user.join();
    }
    List<Thread> leaving =
        subscribers.stream().map(each -> Thread.startVirtualThread(each::close)).toList();
    for (Thread each : leaving) {
      each.join();
    }
    Checker checker = new Checker(conductor.oracle(), conductor.purse(), slack());
    return histories.entrySet().stream()
        .map(e -> found(e.getKey(), e.getValue(), checker))
        .toList();
  }

  private Found found(String target, History history, Checker checker) {
    List<Op> ops = history.ops();
    return new Found(
        target,
        history,
        checker.check(ops),
        new Availability(ops, phases, lateness),
        checker.oldestHead(ops));
  }

  /** One line, and the first violations of each guarantee; the history goes to a file. */
  String report(Found found) {
    String head =
        "%s, seed %d: %d calls, %d errors, %d unanswered, %d blocks, heads up to %d ms old, machine late by %d ms in all, violations %s %s"
            .formatted(
                found.target(),
                seed,
                found.history().size(),
                found.history().count(Op.Type.FAIL),
                found.history().count(Op.Type.INFO),
                conductor.tip().number(),
                found.oldestHead().toMillis(),
                lateness.sum().toMillis(),
                found.counts(),
                found.shortcomings());
    if (found.violations().isEmpty()) {
      return head;
    }
    Path file =
        found
            .history()
            .save(
                Path.of(
                    System.getProperty("project.directory", "."),
                    "target/consistency/%s-%d.txt".formatted(found.target(), seed)),
                startNanos);
    String examples =
        found.violations().stream()
            .collect(Collectors.groupingBy(Violation::guarantee))
            .values()
            .stream()
            .flatMap(same -> same.stream().limit(3))
            .map(violation -> "  " + violation.line(startNanos))
            .collect(Collectors.joining("\n"));
    return head + "\n" + examples + "\n  history: " + file;
  }

  String story() {
    return conductor.oracle().story();
  }

  @Override
  public void close() {
    going = false;
    lateness.close();
    http.shutdownNow();
    conductor.close();
  }
}
