import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A block's way to ten thousand listeners: three providers of one chain get a block each second, and
 * tell the gateway over their sockets. Time counts from the moment the providers are told to make
 * the block, so it has in it that they make it, that the gateway asks them for it, compares and
 * checks it, and the client's own work of reading it ten thousand times; nothing is subtracted.
 */
final class FanOut {
  private static final int CLIENTS = Integer.getInteger("bench.clients", 10_000);
  private static final int BLOCK_MILLIS = 1_000;
  private static final int WARM_UP_BLOCK_MILLIS = 250;
  private static final int IDLE_SECONDS = 5;
  private static final double LAST_MILLIS_MAX = 100;
  private static final double KILOBYTES_MAX = 40;
  private static final double BARE_RATIO_MAX = 1.5;

  private final Bed bed;
  private final Report report;
  private final double busyShare;
  private final int blocks;
  private final int warmUpBlocks;

  /** {@code busyShare}: of the machine, in use by others before the run. */
  FanOut(Bed bed, Report report, double busyShare) {
    this.bed = bed;
    this.report = report;
    this.busyShare = busyShare;
    this.blocks = bed.settings().quick() ? 20 : 200;
    this.warmUpBlocks = bed.settings().quick() ? 40 : 240;
  }

  /** What one number of clients heard; times of the last one to hear of a block, sorted. */
  private record Heard(double[] lastMillis, long notices, double askedPerBlock, boolean whole) {

    double at(double quantile) {
      return lastMillis[Math.max(0, (int) Math.ceil(quantile * lastMillis.length) - 1)];
    }
  }

  void measure() throws IOException, InterruptedException {
    report.heading(
        "A block to %,d WebSocket clients".formatted(CLIENTS),
        ("Three providers of one chain, %d blocks, one a second. From the moment the providers are told"
                + " to make a block until the last client has it: making it, agreement of two groups,"
                + " receipts, checks, sending, and the client's reading, on the same cores. Provider"
                + " calls beside those for one client of the same kind. Sent: by the gateway's own metric,"
                + " from the block's becoming part of its chain until the last frame is with the"
                + " kernel. A bare sender is told of nothing and asks nobody: it sends a made frame, as"
                + " long as that of a new head, to the same clients with one system call each.")
            .formatted(blocks));
    report.row(
        "topic",
        "last client p50 ms",
        "p99 ms",
        "max ms",
        "sent p50 ms",
        "p99 ms",
        "any client p50 ms",
        "p99 ms",
        "notices",
        "CPU µs per notice",
        "lost or uneven",
        "provider calls per block",
        "alone");
    report.row("---", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:");
    Cost heads = topic("newHeads", "[\"newHeads\"]");
    double bareCost = bare(heads.payloadBytes());
    topic("logs", "[\"logs\",{}]");
    report.bar(
        "CPU per notice of a new head, against a bare sender's",
        heads.cpuPerNotice() / bareCost,
        BARE_RATIO_MAX,
        BARE_RATIO_MAX,
        "×");
  }

  /** What a notice took of the gateway's CPU, in µs, and how long it was. */
  private record Cost(double cpuPerNotice, int payloadBytes) {}

  /** What a notice takes of a bare sender's CPU, in µs. */
  private double bare(int payloadBytes) throws IOException, InterruptedException {
    Bed.step("as many frames from a bare sender");
    Provider sender = Provider.startBare(bed.running(), payloadBytes);
    try (Crowd crowd = new Crowd()) {
      crowd.open(sender.port(), CLIENTS, subscribe("[\"newHeads\"]"));
      hear(crowd, sender, List.of(), warmUpBlocks, WARM_UP_BLOCK_MILLIS);
      crowd.begin();
      double cpuBefore = cpuMicros(sender.process());
      Heard all = hear(crowd, sender, List.of(), blocks, BLOCK_MILLIS);
      double cpuPerNotice = (cpuMicros(sender.process()) - cpuBefore) / Math.max(1, all.notices());
      row("bare sender", all, crowd, FanOutBuckets.NONE, cpuPerNotice, "", "");
      boolean whole = all.notices() == (long) CLIENTS * blocks && crowd.lost() == 0;
      report.verdict("bare sender: all heard all, nobody was lost", whole);
      return cpuPerNotice;
    } finally {
      bed.running().kill(sender.process());
    }
  }

  private double cpuMicros(Process process) throws IOException {
    return ProcessUse.of(process, bed.ticksPerSecond()).cpuMicros();
  }

  private static String subscribe(String params) {
    return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_subscribe\",\"params\":" + params + "}";
  }

  private void row(
      String name,
      Heard all,
      Crowd crowd,
      FanOutBuckets sent,
      double cpuPerNotice,
      String asked,
      String askedAlone) {
    report.row(
        name,
        "%.0f".formatted(all.at(0.50)),
        "%.0f".formatted(all.at(0.99)),
        "%.0f".formatted(all.at(1)),
        sent.text(0.50),
        sent.text(0.99),
        "%.0f".formatted(crowd.millisAt(0.50)),
        "%.0f".formatted(crowd.millisAt(0.99)),
        "%,d".formatted(all.notices()),
        "%.1f".formatted(cpuPerNotice),
        all.whole() && crowd.lost() == 0 ? "0" : "**yes**",
        asked,
        askedAlone);
    System.out.printf(
        "  %-11s last p50 %.0f p99 %.0f max %.0f ms; any p50 %.0f p99 %.0f; %.1f µs CPU per notice%n",
        name,
        all.at(0.50),
        all.at(0.99),
        all.at(1),
        crowd.millisAt(0.50),
        crowd.millisAt(0.99),
        cpuPerNotice);
  }

  private Cost topic(String name, String params) throws IOException, InterruptedException {
    Bed.step("fan-out of " + name + " to " + CLIENTS + " clients");
    String subscribe = subscribe(params);
    List<Provider> providers = Provider.startLively(bed.running());
    Proxy gateway = Proxy.startGatewayWithSockets(bed.running(), providers);
    try (Crowd crowd = new Crowd()) {
      crowd.open(gateway.port(), 1, subscribe);
      hear(crowd, providers.getFirst(), providers, warmUpBlocks, WARM_UP_BLOCK_MILLIS);
      Heard alone = hear(crowd, providers.getFirst(), providers, blocks / 2, BLOCK_MILLIS);
      long before = ProcessUse.of(gateway.process(), bed.ticksPerSecond()).residentBytes();
      crowd.open(gateway.port(), CLIENTS - 1, subscribe);
      TimeUnit.SECONDS.sleep(IDLE_SECONDS);
      long idle = ProcessUse.of(gateway.process(), bed.ticksPerSecond()).residentBytes();
      hear(crowd, providers.getFirst(), providers, warmUpBlocks, WARM_UP_BLOCK_MILLIS);
      crowd.begin();
      double cpuBefore = cpuMicros(gateway.process());
      FanOutBuckets sentBefore = FanOutBuckets.read(gateway, name);
      Heard all = hear(crowd, providers.getFirst(), providers, blocks, BLOCK_MILLIS);
      FanOutBuckets sent = FanOutBuckets.read(gateway, name).since(sentBefore);
      ProcessUse after = ProcessUse.of(gateway.process(), bed.ticksPerSecond());
      double cpuPerNotice = (after.cpuMicros() - cpuBefore) / Math.max(1, all.notices());
      row(
          "`" + name + "`",
          all,
          crowd,
          sent,
          cpuPerNotice,
          "%.1f".formatted(all.askedPerBlock()),
          "%.1f".formatted(alone.askedPerBlock()));
      if (!sent.isEmpty()) {
        judgeLast("sent to the last client, " + name + ", p99", sent.boundMillis(0.99));
      }
      judgeLast("a client has the block, " + name + ", p99 of all", crowd.millisAt(0.99));
      judgeLast("last client has the block, " + name + ", p99", all.at(0.99));
      double kilobytes = (idle - before) / 1e3 / (CLIENTS - 1);
      report.bar(
          "memory per idle connection, " + name, kilobytes, KILOBYTES_MAX, KILOBYTES_MAX, "KB");
      report.verdict(name + ": all heard the same, nobody was lost", all.whole() && crowd.lost() == 0);
      System.out.printf(
          "  %-11s sent p50 %s p99 %s; %.1f KB per idle connection; RSS %.0f MB, peak %.0f;"
              + " %.1f provider calls per block (one client: %.1f)%n",
          "",
          sent.text(0.50),
          sent.text(0.99),
          kilobytes,
          after.residentBytes() / 1e6,
          after.residentPeakBytes() / 1e6,
          all.askedPerBlock(),
          alone.askedPerBlock());
      return new Cost(cpuPerNotice, crowd.lastBytes());
    } finally {
      bed.running().end(gateway.process());
      bed.running().kill(providers.getFirst().process());
    }
  }

  private void judgeLast(String what, double millis) {
    if (busyShare > Bench.BUSY_SHARE_MAX) {
      report.unjudged(what, "other work took %.0f %% of the machine".formatted(busyShare * 100));
    } else {
      report.bar(what, millis, LAST_MILLIS_MAX, LAST_MILLIS_MAX, "ms");
    }
  }

  /** Makes blocks at their pace, and notes when the last client had heard of each. */
  private Heard hear(Crowd crowd, Provider maker, List<Provider> providers, int count, int blockMillis)
      throws IOException, InterruptedException {
    List<Double> last = new ArrayList<>();
    long servedBefore = served(providers);
    long noticesBefore = crowd.notices();
    long due = System.nanoTime();
    for (int i = 0; i < count; i++) {
      long noticesOfBlock = crowd.notices();
      long made = System.nanoTime();
      crowd.since(made);
      maker.mine();
      due += blockMillis * 1_000_000L;
      TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
      if (crowd.notices() > noticesOfBlock) {
        last.add((crowd.lastNanos() - made) / 1e6);
      }
    }
    double[] sorted = last.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return new Heard(
        sorted.length == 0 ? new double[] {blockMillis} : sorted,
        crowd.notices() - noticesBefore,
        (double) (served(providers) - servedBefore) / count,
        crowd.isEven() && !last.isEmpty());
  }

  private static long served(List<Provider> providers) throws IOException {
    long served = 0;
    for (Provider provider : providers) {
      served += provider.served();
    }
    return served;
  }
}
