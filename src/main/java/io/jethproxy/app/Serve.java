package io.jethproxy.app;

import io.jethproxy.config.Config;
import io.jethproxy.config.LokiConfig;
import io.jethproxy.observe.Announcement;
import io.jethproxy.observe.Logging;
import io.jethproxy.observe.LokiTarget;
import io.jethproxy.observe.Secrets;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.BindException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** The gateway, from environment variables or a file, until a signal ends it. */
final class Serve {

  private static final Logger LOG = LoggerFactory.getLogger("io.jethproxy.app");

  private Serve() {}

  static int run(Optional<Path> file, Shell shell) throws InterruptedException {
    CompletableFuture<Knowledge> knowledge = Knowledge.loadAhead();
    Optional<Config> config = shell.config(file);
    return config.isEmpty() ? Main.USAGE : run(config.get(), knowledge, shell.errors());
  }

  /** What goes on between start and stop. */
  @FunctionalInterface
  interface Meanwhile {
    /** Returns when it is time to stop. */
    void run(Gateway gateway, Signals signals) throws InterruptedException;
  }

  /** Runs until a signal comes; the exit code. */
  private static int run(Config config, CompletableFuture<Knowledge> knowledge, PrintWriter errors)
      throws InterruptedException {
    return run(
        config,
        knowledge,
        errors,
        new FileOutputStream(FileDescriptor.out),
        (gateway, signals) -> signals.awaitFirst());
  }

  /**
   * Runs as long as something else takes; the exit code.
   *
   * @param log where the log goes
   */
  static int run(
      Config config,
      CompletableFuture<Knowledge> knowledge,
      PrintWriter errors,
      OutputStream log,
      Meanwhile meanwhile)
      throws InterruptedException {
    Secrets secrets = new Secrets();
    learnLoki(config.logging().loki(), secrets);
    // Closed in this order from below: the JVM may leave as soon as the signals are.
    try (Signals signals = Signals.install();
        Logging logging = Logging.start(logging(config), secrets, log, InstantSource.system())) {
      try (Gateway gateway =
          Assembly.gateway(
              config, knowledge::join, logging::droppedLines, secrets, LoopTicker::new)) {
        gateway.start();
        announce(config, gateway);
        gateway.metrics().watchJvm();
        logging.loki().ifPresent(gateway.metrics()::watchLoki);
        meanwhile.run(gateway, signals);
        gateway.drain(signals.second());
        return Main.OK;
      } catch (BindException e) {
        errors.println("jeth-proxy: cannot listen on " + e.getMessage());
        return Main.FAILURE;
      }
    }
  }

  static Logging.Config logging(Config config) {
    LokiConfig loki = config.logging().loki();
    return new Logging.Config(
        Level.valueOf(config.logging().level().name()),
        config.logging().file(),
        Logging.Format.valueOf(config.logging().format().name()),
        loki.push()
            .map(push ->
                new LokiTarget(
                    push,
                    loki.authorization(),
                    loki.tenant(),
                    loki.structuredMetadata(),
                    HostName.get())));
  }

  /** Before anything can be logged of it. */
  private static void learnLoki(LokiConfig loki, Secrets secrets) {
    loki.url().ifPresent(url -> secrets.learnUrl(url.reveal()));
    loki.password().ifPresent(password -> secrets.learn(List.of(password.reveal())));
    loki.authorization()
        .ifPresent(value -> secrets.learn(List.of(value.reveal().substring("Basic ".length()))));
  }

  private static void announce(Config config, Gateway gateway) {
    config.notices().forEach(LOG::warn);
    LOG.info(
        "{}",
        Announcement.line(
            gateway.stages(),
            config.providers().stream()
                .map(provider ->
                    new Announcement.Provider(
                        provider.network().orElse("any"),
                        provider.id(),
                        provider.tier().name().toLowerCase(Locale.ROOT),
                        provider.vendor()))
                .toList()));
    LOG.info(
        "jeth-proxy {} listens on {}:{} (management {}:{})",
        Version.TEXT,
        config.server().host(),
        gateway.port(),
        config.management().host(),
        gateway.managementPort());
  }
}
