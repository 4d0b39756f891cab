import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What it costs the gateway to follow a chain that nobody, or somebody, reads: CPU of its process in
 * percent of one core, in front of three providers of the same chain, all receipts checked. Started
 * as {@code FollowCost [SECONDS]}.
 */
final class FollowCost {
  private static final int PROVIDERS = 3;
  private static final int WARM_UP_SECONDS = 60;
  private static final int WARM_UP_BLOCK_MILLIS = 250;
  private static final int UNTIL_IDLE_SECONDS = 65;
  private static final int UP_SECONDS_MAX = 30;

  private static final Pattern QUESTION =
      Pattern.compile("\"method\":\"(\\w+)\"(?:.*?\"params\":\\[\"(\\w+)\")?", Pattern.DOTALL);
  private static final Pattern ID = Pattern.compile("\"id\":(\"[^\"]*\"|\\w+)");

  /** What is followed, and how much of a core it may take; the receipts are those of a block. */
  private record Subject(
      String name, long chainId, int blockMillis, int transactions, int logs, double percentMax) {}

  private static final List<Subject> SUBJECTS =
      List.of(
          new Subject("mainnet-sized blocks, 12 s", 1, 12_000, 300, 700, 1),
          new Subject("small blocks, 0.25 s", 42_161, 250, 8, 20, 10));

  private final Running running;
  private final long ticksPerSecond;
  private final int seconds;

  private FollowCost(Running running, int seconds) throws IOException, InterruptedException {
    this.running = running;
    this.seconds = seconds;
    ticksPerSecond = Long.parseLong(running.outputOf("getconf", "CLK_TCK").trim());
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    int seconds = args.length == 0 ? 60 : Integer.parseInt(args[0]);
    Running running = new Running(Files.createTempDirectory("follow-cost"));
    FollowCost cost = new FollowCost(running, seconds);
    boolean met = true;
    for (Subject subject : SUBJECTS) {
      double percent = cost.of(subject, "always", 0);
      double idle = cost.of(subject, "demand", UNTIL_IDLE_SECONDS);
      met &= percent <= subject.percentMax();
      System.out.printf(
          "%-28s followed %.2f %% of a core (at most %.0f), idle %.2f %%%n",
          subject.name(), percent, subject.percentMax(), idle);
    }
    System.exit(met ? 0 : 1);
  }

  /** The first blocks come faster, so that the measured ones meet compiled code. */
  private double of(Subject subject, String receipts, int pauseSeconds)
      throws IOException, InterruptedException {
    MadeChain chain = new MadeChain(subject.chainId(), subject.transactions(), subject.logs());
    List<HttpServer> providers = new ArrayList<>();
    for (int i = 0; i < PROVIDERS; i++) {
      providers.add(provider(chain));
    }
    Process gateway = gateway(providers, receipts);
    mine(chain, WARM_UP_BLOCK_MILLIS, WARM_UP_SECONDS);
    mine(chain, subject.blockMillis(), pauseSeconds);
    int measured = wholeBlocks(subject.blockMillis());
    double before = ProcessUse.of(gateway, ticksPerSecond).cpuMicros();
    mine(chain, subject.blockMillis(), measured);
    double used = ProcessUse.of(gateway, ticksPerSecond).cpuMicros() - before;
    running.end(gateway);
    providers.forEach(provider -> provider.stop(0));
    return used / 1e4 / measured;
  }

  /** At least as long as asked for; two blocks of 12 s in 15 s would count for more than they are. */
  private int wholeBlocks(int blockMillis) {
    long blocks = Math.ceilDiv(seconds * 1_000L, blockMillis);
    return (int) Math.ceilDiv(blocks * blockMillis, 1_000L);
  }

  private static void mine(MadeChain chain, int blockMillis, int seconds)
      throws InterruptedException {
    long start = System.nanoTime();
    for (long due = blockMillis; due <= seconds * 1_000L; due += blockMillis) {
      TimeUnit.NANOSECONDS.sleep(start + due * 1_000_000 - System.nanoTime());
      chain.mine();
    }
    TimeUnit.NANOSECONDS.sleep(start + seconds * 1_000_000_000L - System.nanoTime());
  }

  private Process gateway(List<HttpServer> providers, String receipts)
      throws IOException, InterruptedException {
    Path config = running.directory().resolve("follow.yaml");
    List<String> urls =
        providers.stream()
            .map(each -> "http://127.0.0.1:" + each.getAddress().getPort())
            .toList();
    Files.writeString(config, "chain: {receipts: " + receipts + "}\n");
    int port = freePort();
    Process process =
        running.start(
            "gateway",
            List.of("sh", "-c", "exec " + System.getProperty("bench.gateway")),
            Map.of(
                "JETH_CONFIG", config.toString(),
                "RPC_PROVIDERS_HTTP", String.join(",", urls),
                "HOST", "127.0.0.1",
                "PORT", Integer.toString(port),
                "MANAGEMENT_PORT", Integer.toString(freePort())));
    Ask.untilUp("gateway", process, port, "/ready", UP_SECONDS_MAX);
    return process;
  }

  private static HttpServer provider(MadeChain chain) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", exchange -> answer(chain, exchange));
    server.start();
    return server;
  }

  private static void answer(MadeChain chain, HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.US_ASCII);
    Matcher question = QUESTION.matcher(body);
    Matcher id = ID.matcher(body);
    String result =
        question.find()
            ? chain.result(question.group(1), question.group(2) == null ? "" : question.group(2))
            : "null";
    byte[] reply =
        "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":%s}"
            .formatted(id.find() ? id.group(1) : "null", result)
            .getBytes(StandardCharsets.US_ASCII);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, reply.length);
    exchange.getResponseBody().write(reply);
    exchange.close();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
