package io.jethproxy.testing;

import io.jethproxy.app.Assembly;
import io.jethproxy.app.Gateway;
import io.jethproxy.call.Ticker;
import io.jethproxy.config.Config;
import io.jethproxy.config.ConfigLoader;
import io.jethproxy.config.Loaded;
import io.jethproxy.observe.Secrets;
import io.jethproxy.transport.Loops;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The shipped gateway with its real configuration reader and wiring, on free ports. Only the clock
 * can be another.
 */
public final class RunningGateway implements AutoCloseable {

  private final Gateway gateway;
  private final Optional<FakeTicker> ticker;
  private final List<AutoCloseable> owned = new ArrayList<>();
  private Optional<Loops> turned = Optional.empty();
  private Optional<Stillness> stillness = Optional.empty();
  private final RpcClient client;
  private final RpcClient management;

  /** What a test sets; everything else is as shipped. */
  public static final class Builder {
    private static final String PASSING_ON = "chain: {cacheMebibytesMax: 0, receipts: never}\n";

    private final Map<String, String> environment = new HashMap<>();
    private String yaml = "";
    private boolean cached;
    private boolean surveyed;
    private Optional<FakeTicker> ticker = Optional.empty();
    private boolean awaitReady = true;

    private Builder() {
      environment.put("HOST", "127.0.0.1");
      environment.put("PORT", "0");
      environment.put("MANAGEMENT_PORT", "0");
    }

    public Builder set(String variable, String value) {
      environment.put(variable, value);
      return this;
    }

    /** A YAML file with this text, below the environment. */
    public Builder yaml(String text) {
      yaml = text;
      return this;
    }

    /**
     * Keeps and shares answers, as shipped. Without it every question that needs a provider goes to
     * one, so that what follows from a provider's ways can be seen.
     */
    public Builder cached() {
      cached = true;
      return this;
    }

    /** Asks providers what they keep and offer, as shipped. Without it they get clients' calls. */
    public Builder surveyed() {
      surveyed = true;
      return this;
    }

    /** Time stands still until the ticker is turned. */
    public Builder ticker(FakeTicker fake) {
      ticker = Optional.of(fake);
      return this;
    }

    /** Does not wait until a network is ready. */
    public Builder notAwaitingReady() {
      awaitReady = false;
      return this;
    }

    public RunningGateway start() {
      RunningGateway running = new RunningGateway(config(), ticker);
      if (awaitReady) {
        running.awaitReady();
      }
      return running;
    }

    private String text() {
      return yaml + "\n" + (cached ? "" : PASSING_ON) + (surveyed ? "" : "surveys: false\n");
    }

    private Config config() {
      try {
        Path file = Files.createTempFile("jeth-proxy", ".yaml");
        try {
          Files.writeString(file, text());
          return switch (ConfigLoader.load(environment, Optional.of(file))) {
            case Loaded.Ok(var config) -> config;
            case Loaded.Bad(var faults) -> throw new IllegalArgumentException(faults.toString());
            case Loaded.Nothing(var message) -> throw new IllegalArgumentException(message);
          };
        } finally {
          Files.delete(file);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private RunningGateway(Config config, Optional<FakeTicker> ticker) {
    this.ticker = ticker;
    Secrets secrets = new Secrets();
    try {
      if (ticker.isPresent()) {
        Function<Loops, Ticker> tickers =
            loops -> {
              turned = Optional.of(loops);
              return ticker.get();
            };
        gateway = Assembly.gateway(config, () -> 0, secrets, tickers);
      } else {
        gateway = Assembly.gateway(config, () -> 0, secrets);
      }
      gateway.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    client = new RpcClient(gateway.port());
    management = new RpcClient(gateway.managementPort());
  }

  /** In front of nothing yet: set {@code RPC_PROVIDERS_HTTP} or a file. */
  public static Builder builder() {
    return new Builder();
  }

  /** In front of these providers, everything else as shipped. */
  public static Builder before(FakeProvider... providers) {
    return builder()
        .set(
            "RPC_PROVIDERS_HTTP",
            Stream.of(providers).map(FakeProvider::url).collect(Collectors.joining(",")));
  }

  public int port() {
    return gateway.port();
  }

  public int managementPort() {
    return gateway.managementPort();
  }

  /** A client of the public listener. */
  public RpcClient client() {
    return client;
  }

  /** A client of the management listener. */
  public RpcClient management() {
    return management;
  }

  public Gateway gateway() {
    return gateway;
  }

  /** What {@code GET /status} says. */
  public String status() {
    return management.get("/status").text();
  }

  /** Waits until {@code /ready} answers 200, turning the clock if there is one to turn. */
  public void awaitReady() {
    await(() -> client.get("/ready").status() == 200, "ready: " + client.get("/ready").text());
  }

  /** Waits until something is so, turning the clock a little each time if there is one to turn. */
  public void await(BooleanSupplier condition, String what) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("did not come true in 20 s: " + what);
      }
      ticker.ifPresent(fake -> fake.advanceMillis(50));
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
  }

  /** Waits until something is so by itself, while the clock of the test stands still. */
  public void awaitAtThisMoment(BooleanSupplier condition, String what) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("did not come true in 20 s: " + what);
      }
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }

  /**
   * Waits, while the clock of the test stands still, until gateway and providers have heard and
   * answered all that they said to each other: before each turn of the clock, so that it overtakes
   * nothing.
   */
  public void settle(FakeProvider... providers) {
    settle(List.of(providers));
  }

  /** The same. */
  public void settle(Collection<FakeProvider> providers) {
    if (stillness.isEmpty()) {
      stillness = Optional.of(new Stillness(turned.orElseThrow()));
    }
    stillness.get().await(providers);
  }

  /** Drains as on SIGTERM; returns when it is over. */
  public void drain() throws InterruptedException {
    gateway.drain(new CountDownLatch(1));
  }

  @Override
  public void close() {
    client.close();
    management.close();
    stillness.ifPresent(Stillness::close);
    gateway.close();
    for (AutoCloseable each : owned) {
      try {
        each.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
