package io.jethproxy.app;

import io.jethproxy.call.Deadline;
import io.jethproxy.call.Ticker;
import io.jethproxy.config.Config;
import io.jethproxy.config.ProviderConfig;
import io.jethproxy.config.SocketConfig;
import io.jethproxy.eth.Network;
import io.jethproxy.eth.Networks;
import io.jethproxy.hints.SocketTrial;
import io.jethproxy.observe.Redactor;
import io.jethproxy.observe.Secrets;
import io.jethproxy.transport.BodyBudget;
import io.jethproxy.transport.HttpTransport;
import io.jethproxy.transport.Loops;
import io.jethproxy.transport.SocketDialler;
import io.jethproxy.transport.SocketTarget;
import io.jethproxy.transport.Target;
import io.netty.channel.EventLoop;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Probes all providers of a configuration at once and says whether a start would go well. */
final class ProviderSurvey {

  private static final long SURVEY_NANOS = TimeUnit.SECONDS.toNanos(12);
  private static final long CALL_NANOS_MAX = TimeUnit.SECONDS.toNanos(3);
  private static final long SOCKET_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long BODY_BYTES = 64L << 20;
  private static final int LOOPS = 2;

  private final Config config;
  private final Secrets secrets = new Secrets();
  private final Knowledge knowledge = Knowledge.load();
  private final Networks networks = knowledge.networks();

  ProviderSurvey(Config config) {
    this.config = config;
  }

  /** Prints the table and the verdict; true when the gateway would start healthy. */
  boolean print(PrintWriter out) throws InterruptedException {
    Assembly.learnSecrets(config, secrets);
    Optional<Network> defaultNetwork =
        config.defaultNetwork().map(name -> Assembly.networkOf(name, networks));
    Found found = findings();
    out.print(SurveyTable.of(found.providers(), found.sockets()));
    out.println();
    StartVerdict verdict = StartVerdict.of(found.providers(), found.sockets(), defaultNetwork);
    verdict.lines().forEach(out::println);
    out.flush();
    return verdict.isHealthy();
  }

  private record Found(List<Finding> providers, List<SocketFinding> sockets) {}

  private Found findings() throws InterruptedException {
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    try (Loops loops = new Loops(LOOPS)) {
      Ticker ticker = new LoopTicker(loops);
      HttpTransport.Shared shared =
          new HttpTransport.Shared(
              ticker,
              loops,
              new Tls(),
              knowledge.classify(),
              new BodyBudget(BODY_BYTES),
              threads,
              Math.min(BODY_BYTES / 2, config.requests().responseBytesMax()));
      List<Callable<Finding>> probes = new ArrayList<>();
      for (ProviderConfig provider : config.providers()) {
        ProviderProbe probe = probe(provider, probes.size(), shared);
        probes.add(probe::run);
      }
      List<CompletableFuture<SocketFinding>> trials =
          config.providerSockets().stream().map(socket -> trial(socket, shared)).toList();
      List<Finding> findings = new ArrayList<>();
      for (Future<Finding> each : threads.invokeAll(probes)) {
        findings.add(each.get());
      }
      List<SocketFinding> sockets = new ArrayList<>();
      for (CompletableFuture<SocketFinding> each : trials) {
        sockets.add(each.get());
      }
      return new Found(findings, sockets);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a probe failed", e.getCause());
    } finally {
      threads.shutdownNow(); // without waiting: looking up a host name can take very long
    }
  }

  private CompletableFuture<SocketFinding> trial(
      SocketConfig configured, HttpTransport.Shared shared) {
    SocketDialler dialler =
        new SocketDialler(
            SocketTarget.of(configured.url(), configured.headers()),
            new SocketDialler.Shared(
                shared.ticker(), shared.loops(), shared.tls(), shared.lookups()));
    Optional<Network> expected =
        configured.network().map(name -> Assembly.networkOf(name, networks));
    CompletableFuture<SocketFinding> finding = new CompletableFuture<>();
    EventLoop loop = shared.loops().all().getFirst();
    loop.execute(() ->
        SocketTrial.of(dialler, shared.ticker(), SOCKET_NANOS)
            .thenAccept(result ->
                finding.complete(
                    SocketFinding.of(configured, result, expected, networkOf(result)))));
    return finding;
  }

  private Optional<Network> networkOf(SocketTrial.Result result) {
    return result.chainId().isEmpty()
        ? Optional.empty()
        : Optional.of(networks.byId(result.chainId().getAsLong()));
  }

  private ProviderProbe probe(ProviderConfig provider, int index, HttpTransport.Shared shared) {
    HttpTransport transport =
        new HttpTransport(
            provider.id(),
            provider.vendor(),
            Target.of(provider.url(), provider.headers()),
            shared);
    ProviderWire wire =
        new ProviderWire(
            provider.id(),
            transport,
            shared.loops().all().get(index % LOOPS),
            shared.ticker(),
            Math.min(CALL_NANOS_MAX, config.requests().timeoutNanos()),
            Deadline.after(shared.ticker(), SURVEY_NANOS));
    return new ProviderProbe(
        provider.id(),
        provider.network().map(name -> Assembly.networkOf(name, networks)),
        wire,
        networks,
        new Redactor(secrets));
  }
}
