package io.jethproxy.config;

import io.jethproxy.fleet.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads the configuration: defaults, then the YAML file over them, then the environment. */
public final class ConfigLoader {

  /** The variable that names the YAML file. */
  static final String FILE = "JETH_CONFIG";

  private static final String LAUNCHER_FLAGS = "JETH_JAVA_OPTS";
  private static final int PROBLEMS_MAX = 100;

  private static final String WAYS_TO_START =
      """
      No provider is configured. Three ways to start:
        ./jeth-proxy demo                                    an embedded chain; no keys, no network
        RPC_PROVIDERS_HTTP=https://…,https://… ./jeth-proxy  your providers' URLs
        ./jeth-proxy serve --config FILE                     a YAML file, as examples/jeth-proxy.yaml\
      """;

  private final Environment environment;
  private final List<Problem> problems = new ArrayList<>();
  private final List<String> notices = new ArrayList<>();

  private ConfigLoader(Environment environment) {
    this.environment = environment;
  }

  /**
   * Reads all there is to read.
   *
   * @param environment the variables, as {@link System#getenv()} gives them
   * @param file the YAML file; without it, the one that {@code JETH_CONFIG} names, if any
   */
  public static Loaded load(Map<String, String> environment, Optional<Path> file) {
    ConfigLoader loader = new ConfigLoader(new Environment(environment));
    Optional<Path> chosen = file.or(loader::fileOfEnvironment);
    Optional<byte[]> yaml = chosen.flatMap(loader::content);
    return loader.read(chosen.map(path -> path.toString()).orElse(""), yaml);
  }

  /** Reads a file's content that is already there, and the environment. */
  public static Loaded read(Map<String, String> environment, String file, byte[] yaml) {
    return new ConfigLoader(new Environment(environment)).read(file, Optional.of(yaml));
  }

  /**
   * Reads all but the variables that name providers; there may be none. For who only asks where the
   * gateway listens: neither the demo's providers nor their secrets are needed for that.
   */
  public static Loaded loadListeners(Map<String, String> environment, Optional<Path> file) {
    ConfigLoader loader = new ConfigLoader(new Environment(environment));
    Optional<Path> chosen = file.or(loader::fileOfEnvironment);
    Optional<byte[]> yaml = chosen.flatMap(loader::content);
    Config config = loader.bind(chosen.map(path -> path.toString()).orElse(""), yaml);
    return loader.problems.isEmpty() ? new Loaded.Ok(config) : loader.bad();
  }

  private Config bind(String file, Optional<byte[]> yaml) {
    Optional<Node> root = yaml.flatMap(bytes -> Document.read(file, bytes, problems::add));
    return new Binder(file, environment, problems::add).bind(Config.DEFAULTS, root);
  }

  private Loaded.Bad bad() {
    return new Loaded.Bad(problems.stream().sorted(Problem.IN_ORDER).limit(PROBLEMS_MAX).toList());
  }

  private Loaded read(String file, Optional<byte[]> yaml) {
    Config config = bind(file, yaml);
    List<ProviderConfig> providers = providers(config);
    List<Secret> sockets = sockets(config);
    TracesConfig traces = TracesConfig.read(environment, problems::add);
    if (providers.isEmpty() && problems.isEmpty() && file.isEmpty()) {
      return new Loaded.Nothing(nothing());
    }
    if (providers.isEmpty() && problems.isEmpty()) {
      problems.add(
          new Problem(
              file,
              1,
              1,
              "providers",
              "none (expected: at least one, or " + Config.PROVIDERS + ")"));
    }
    if (problems.isEmpty()) {
      checkUnique(file, providers);
    }
    if (!problems.isEmpty()) {
      return bad();
    }
    return new Loaded.Ok(complete(config, ProviderIds.complete(providers), sockets, traces));
  }

  private Optional<Path> fileOfEnvironment() {
    Optional<String> name = environment.value(FILE, problems::add);
    try {
      return name.map(Path::of);
    } catch (InvalidPathException e) {
      problems.add(Environment.problem(FILE, "not a path (expected: a YAML file)"));
      return Optional.empty();
    }
  }

  private Optional<byte[]> content(Path path) {
    try (InputStream in = Files.newInputStream(path)) {
      return Optional.of(in.readNBytes(Document.BYTES_MAX + 1));
    } catch (NoSuchFileException e) {
      problems.add(new Problem(path.toString(), 0, 0, "", "no such file (expected: YAML)"));
    } catch (IOException e) {
      problems.add(new Problem(path.toString(), 0, 0, "", "cannot be read (expected: YAML)"));
    }
    return Optional.empty();
  }

  private List<ProviderConfig> providers(Config config) {
    Optional<String> variable = environment.value(Config.PROVIDERS, problems::add);
    if (variable.isEmpty()) {
      return config.providers();
    }
    if (!config.providers().isEmpty()) {
      notices.add(
          Config.PROVIDERS
              + " replaces the "
              + config.providers().size()
              + " providers of the file");
    }
    return ProviderList.read(variable.get(), problems::add, notices::add);
  }

  private List<Secret> sockets(Config config) {
    Optional<String> variable = environment.value(Config.SOCKETS, problems::add);
    if (variable.isEmpty()) {
      return config.sockets();
    }
    if (!config.sockets().isEmpty()) {
      notices.add(
          Config.SOCKETS + " replaces the " + config.sockets().size() + " sockets of the file");
    }
    return ProviderList.readSockets(variable.get(), problems::add, notices::add);
  }

  private void checkUnique(String file, List<ProviderConfig> providers) {
    Map<String, Integer> ids = new HashMap<>();
    Map<String, Integer> urls = new HashMap<>();
    Map<String, Integer> sockets = new HashMap<>();
    for (int i = 0; i < providers.size(); i++) {
      int index = i;
      ProviderConfig provider = providers.get(i);
      Integer sameId = provider.id().isEmpty() ? null : ids.putIfAbsent(provider.id(), i);
      if (sameId != null) {
        problems.add(
            new Problem(
                file, 0, 0, "providers[" + i + "].id", "the same as providers[" + sameId + "]"));
      }
      Integer sameUrl = urls.putIfAbsent(provider.url().reveal(), i);
      if (sameUrl != null) {
        problems.add(
            new Problem(
                file, 0, 0, "providers[" + i + "].url", "the same as providers[" + sameUrl + "]"));
      }
      Integer sameSocket =
          provider.ws().map(ws -> sockets.putIfAbsent(ws.reveal(), index)).orElse(null);
      if (sameSocket != null) {
        problems.add(
            new Problem(
                file,
                0,
                0,
                "providers[" + i + "].ws",
                "the same as providers[" + sameSocket + "]"));
      }
    }
  }

  private Config complete(
      Config config, List<ProviderConfig> providers, List<Secret> sockets, TracesConfig traces) {
    notices.addAll(environment.notices(knownVariables()));
    Config.Requests requests = config.requests();
    if (requests.timeoutSeconds() > requests.requestTimeoutSeconds()) {
      notices.add(
          "requests.timeoutSeconds is longer than requests.requestTimeoutSeconds: an attempt"
              + " ends with its request");
    }
    if (!traces.isOn() && providers.stream().anyMatch(ProviderConfig::traceContext)) {
      notices.add(
          "traceContext of a provider has no effect while traces are off"
              + " (OTEL_EXPORTER_OTLP_ENDPOINT turns them on)");
    }
    return new Config(
        config.server(),
        config.management(),
        requests,
        config.chain(),
        config.filters(),
        config.subscriptions(),
        config.logs(),
        config.surveys(),
        config.drainSeconds(),
        config.logging(),
        providers,
        sockets,
        config.defaultNetwork(),
        traces,
        notices);
  }

  private String nothing() {
    List<String> remarks = environment.notices(knownVariables());
    return remarks.isEmpty() ? WAYS_TO_START : WAYS_TO_START + "\n" + String.join("\n", remarks);
  }

  /** All variables that this version reads. */
  static Set<String> knownVariables() {
    Set<String> known =
        Schema.entries().stream()
            .map(entry -> entry.key().env())
            .filter(name -> !name.isEmpty())
            .collect(Collectors.toCollection(TreeSet::new));
    known.add(FILE);
    known.add(LAUNCHER_FLAGS);
    return known;
  }
}
