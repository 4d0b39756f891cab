package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeTicker;
import io.jethproxy.testing.FakeWorld;
import io.jethproxy.testing.LoadReport;
import io.jethproxy.testing.OpenLoop;
import io.jethproxy.testing.RpcClient;
import io.jethproxy.testing.RpcClient.Answered;
import io.jethproxy.testing.RunningGateway;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** The gateway in front of providers {@code u1}, {@code u2}, … of one world, for rows of faults. */
final class FaultBed implements AutoCloseable {

  static final String BALANCE = "\"0xde0b6b3a7640000\"";
  static final String ADDRESS = "0x00000000000000000000000000000000000000aa";
  static final String OF_ADDRESS = "[\"" + ADDRESS + "\",\"latest\"]";

  final FakeWorld world;
  final List<FakeProvider> providers;
  final RunningGateway gateway;

  /** What a test sets; everything else is as shipped. */
  static final class Builder {
    private final FakeWorld world;
    private final List<FakeProvider> providers;
    private final RunningGateway.Builder gateway = RunningGateway.builder();
    private final List<String> urls;
    private final List<String> lines;
    private final List<AutoCloseable> owned = new ArrayList<>();
    private String top = "";

    private Builder(List<FakeWorld> worlds) {
      this.world = worlds.getFirst();
      this.providers = worlds.stream().map(FakeProvider::start).toList();
      this.urls = new ArrayList<>(this.providers.stream().map(FakeProvider::url).toList());
      this.lines = new ArrayList<>(this.providers.stream().map(each -> "").toList());
    }

    Builder set(String variable, String value) {
      gateway.set(variable, value);
      return this;
    }

    /** Further keys of one provider, such as {@code "tier: backup"}. */
    Builder with(int provider, String... keys) {
      lines.set(
          provider - 1, Stream.of(keys).map("    %s\n"::formatted).reduce("", String::concat));
      return this;
    }

    /** Further keys of the file, as YAML. */
    Builder top(String yaml) {
      top = yaml;
      return this;
    }

    /** Another way to one provider. */
    Builder url(int provider, String url) {
      urls.set(provider - 1, url);
      return this;
    }

    /** Closed with the bed. */
    Builder owning(AutoCloseable more) {
      owned.add(more);
      return this;
    }

    /** The port of the provider that is made for a number. */
    int port(int provider) {
      return providers.get(provider - 1).port();
    }

    Builder ticker(FakeTicker ticker) {
      gateway.ticker(ticker);
      return this;
    }

    /** Keeps and shares answers, as shipped. */
    Builder cached() {
      gateway.cached();
      return this;
    }

    /** Asks providers what they keep and offer, as shipped. */
    Builder surveyed() {
      gateway.surveyed();
      return this;
    }

    Builder notAwaitingReady() {
      gateway.notAwaitingReady();
      return this;
    }

    /** Scripts the providers before the gateway sees them. */
    Builder before(Consumer<List<FakeProvider>> script) {
      script.accept(providers);
      return this;
    }

    FaultBed start() {
      StringBuilder yaml = new StringBuilder(top + "providers:\n");
      for (int i = 0; i < providers.size(); i++) {
        yaml.append("  - id: u%d\n    url: %s\n".formatted(i + 1, urls.get(i)));
        yaml.append(lines.get(i));
      }
      owned.addAll(providers);
      return new FaultBed(world, providers, gateway.yaml(yaml.toString()).start(), owned);
    }
  }

  private final List<AutoCloseable> owned;

  private FaultBed(
      FakeWorld world,
      List<FakeProvider> providers,
      RunningGateway gateway,
      List<AutoCloseable> owned) {
    this.world = world;
    this.providers = providers;
    this.gateway = gateway;
    this.owned = owned;
  }

  /** So many providers, each known to the gateway before the test begins. */
  static FaultBed of(int providers) {
    return builder(providers).start().awaitAll();
  }

  static Builder builder(int providers) {
    return new Builder(Collections.nCopies(providers, FakeWorld.ofChain(1)));
  }

  /** Each provider in a world of its own, with equal blocks until a test changes one. */
  static Builder apart(int providers, long chainId) {
    return new Builder(Stream.generate(() -> FakeWorld.ofChain(chainId)).limit(providers).toList());
  }

  /** Waits until every provider is in use and its head is known. */
  FaultBed awaitAll() {
    gateway.await(
        () -> IntStream.rangeClosed(1, providers.size()).allMatch(this::isInUse),
        "all providers are in use");
    return this;
  }

  /** Whether nothing is held against a provider and its head is known. */
  boolean isInUse(int number) {
    return state(number).equals("healthy") && provider(number).path("head").isNumber();
  }

  FakeProvider u(int number) {
    return providers.get(number - 1);
  }

  /** Scripts each provider alike. */
  FaultBed each(Consumer<FakeProvider> script) {
    providers.forEach(script);
    return this;
  }

  RpcClient client() {
    return gateway.client();
  }

  Answered balance() {
    return client().call("eth_getBalance", OF_ADDRESS);
  }

  CompletableFuture<Answered> balanceAsync() {
    return client().callAsync("eth_getBalance", OF_ADDRESS);
  }

  /** How often clients' calls of a method reached the providers. */
  int asked(String method) {
    return providers.stream().mapToInt(provider -> provider.count(method)).sum();
  }

  // What the gateway says of a provider.

  JsonNode provider(int number) {
    JsonNode status = gateway.management().get("/status").json();
    for (JsonNode network : status.path("networks")) {
      for (JsonNode provider : network.path("providers")) {
        if (provider.path("id").asString().equals("u" + number)) {
          return provider;
        }
      }
    }
    return status.path("none");
  }

  String state(int number) {
    return provider(number).path("state").asString("unknown");
  }

  String cause(int number) {
    return provider(number).path("cause").asString("unknown");
  }

  /** What the metric {@code jeth_attempts_total} counts. */
  long attempts(int number, String result) {
    Matcher matcher =
        Pattern.compile(
                "jeth_attempts_total\\{[^}]*provider=\"u%d\"[^}]*result=\"%s\"[^}]*} ([0-9.E]+)"
                    .formatted(number, result))
            .matcher(gateway.management().get("/metrics").text());
    return matcher.find() ? (long) Double.parseDouble(matcher.group(1)) : 0;
  }

  // Load.

  /** Reads of four kinds, of which two name the latest block. */
  static OpenLoop.Question mixed(long id) {
    return switch ((int) (id % 4)) {
      case 0 -> new OpenLoop.Question("eth_getBalance", OF_ADDRESS);
      case 1 -> new OpenLoop.Question("eth_getBlockByNumber", "[\"0x%x\",false]".formatted(id));
      case 2 ->
          new OpenLoop.Question(
              "eth_call", "[{\"to\":\"" + ADDRESS + "\",\"data\":\"0x\"},\"latest\"]");
      default -> new OpenLoop.Question("eth_gasPrice", "[]");
    };
  }

  /** Mixed reads at a constant rate; the fault strikes when half of them are sent. */
  LoadReport load(int perSecond, double seconds, Runnable fault) {
    return load(perSecond, seconds, perSecond * seconds / 2, fault);
  }

  LoadReport load(int perSecond, double seconds, double strikesAt, Runnable fault) {
    return OpenLoop.on(
            gateway.port(),
            "/",
            perSecond,
            id -> {
              if (id == (long) strikesAt) {
                fault.run();
              }
              return mixed(id);
            })
        .run(Duration.ofNanos((long) (seconds * 1e9)));
  }

  /** Every id was answered once, rightly and without an error. */
  void assertClean(LoadReport report) {
    assertThat(report.wrongIds()).isEmpty();
    assertThat(report.failed().stream().limit(3)).as(report.toString()).isEmpty();
    for (OpenLoop.Sample sample : report.samples()) {
      assertThat(sample.answer()).as(sample.method()).contains(truth(sample));
    }
  }

  private String truth(OpenLoop.Sample sample) {
    return switch (sample.method()) {
      case "eth_getBalance" -> BALANCE;
      case "eth_getBlockByNumber" -> world.hash(sample.id());
      case "eth_call" -> "\"0x" + "0".repeat(63) + "1\"";
      default -> "\"0x3b9aca00\"";
    };
  }

  @Override
  public void close() {
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
