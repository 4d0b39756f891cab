package io.jethproxy.config;

import io.jethproxy.fleet.Secret;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What the environment says of traces: OpenTelemetry's own variables, {@code OTEL_…}, which its SDK
 * reads. Traces are off unless one of them says where they go.
 *
 * @param variables by name; endpoints and headers hold secrets
 */
public record TracesConfig(Map<String, Secret> variables) {

  static final TracesConfig NONE = new TracesConfig(Map.of());

  private static final String PREFIX = "OTEL_";
  private static final String SAMPLER = "OTEL_TRACES_SAMPLER";
  private static final String RATIO = "OTEL_TRACES_SAMPLER_ARG";
  private static final List<String> ENDPOINTS =
      List.of("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
  private static final List<String> HEADERS =
      List.of("OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS");
  private static final List<String> PROTOCOLS =
      List.of("OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL");
  private static final Set<String> SAMPLERS =
      new TreeSet<>(
          List.of(
              "always_on",
              "always_off",
              "traceidratio",
              "parentbased_always_on",
              "parentbased_always_off",
              "parentbased_traceidratio"));

  /** What stands before the secret in an {@code authorization}. */
  private static final Set<String> SCHEMES = Set.of("basic", "bearer", "token", "apikey");

  public TracesConfig {
    variables = Map.copyOf(variables);
  }

  /** Reads the variables, and checks them if traces are on. */
  static TracesConfig read(Environment environment, Consumer<Problem> problems) {
    Map<String, Secret> found = new TreeMap<>();
    environment.startingWith(PREFIX).forEach((name, value) -> found.put(name, new Secret(value)));
    Stream.concat(ENDPOINTS.stream(), HEADERS.stream())
        .forEach(name ->
            environment
                .value(name, problems)
                .ifPresent(value -> found.put(name, new Secret(value))));
    TracesConfig config = new TracesConfig(found);
    if (config.isOn()) {
      config.check(problems);
    }
    return config;
  }

  /** Whether there is somewhere to send spans to, and nothing that forbids it. */
  public boolean isOn() {
    return ENDPOINTS.stream().anyMatch(variables::containsKey)
        && !value("OTEL_SDK_DISABLED").orElse("").equalsIgnoreCase("true")
        && !value("OTEL_TRACES_EXPORTER").orElse("").equals("none");
  }

  /** The URLs of the collector. */
  public List<Secret> endpoints() {
    return ENDPOINTS.stream().filter(variables::containsKey).map(variables::get).toList();
  }

  /** What is secret in the headers for the collector, in each form that it may show up in. */
  public List<String> headerSecrets() {
    List<String> secrets = new ArrayList<>();
    for (String name : HEADERS) {
      for (String pair : value(name).map(given -> given.split(",", -1)).orElse(new String[0])) {
        String given = pair.substring(pair.indexOf('=') + 1).strip();
        secrets.add(given);
        decoded(given)
            .ifPresent(plain -> {
              secrets.add(plain);
              secrets.addAll(List.of(plain.split(" ")));
            });
      }
    }
    return secrets.stream()
        .filter(secret -> !SCHEMES.contains(secret.toLowerCase(Locale.ROOT)))
        .distinct()
        .toList();
  }

  private void check(Consumer<Problem> problems) {
    for (String name : ENDPOINTS) {
      value(name)
          .flatMap(TracesConfig::complaint)
          .ifPresent(complaint -> problems.accept(Environment.problem(name, complaint)));
    }
    for (String name : HEADERS) {
      value(name)
          .filter(given -> !Stream.of(given.split(",", -1)).allMatch(TracesConfig::isPair))
          .ifPresent(
              _ -> refuse(name, "a part without a name", "name=value, between commas", problems));
    }
    for (String name : PROTOCOLS) {
      value(name)
          .filter(given -> !given.equals("http/protobuf"))
          .ifPresent(given -> refuse(name, Shown.text(given), "http/protobuf", problems));
    }
    value("OTEL_TRACES_EXPORTER")
        .filter(given -> !given.equals("otlp"))
        .ifPresent(
            given -> refuse("OTEL_TRACES_EXPORTER", Shown.text(given), "otlp, or none", problems));
    value(SAMPLER)
        .filter(given -> !SAMPLERS.contains(given))
        .ifPresent(
            given -> refuse(SAMPLER, Shown.text(given), String.join(", ", SAMPLERS), problems));
    value(RATIO)
        .filter(given -> !isShare(given))
        .ifPresent(given -> refuse(RATIO, Shown.text(given), "0 to 1", problems));
  }

  private static Optional<String> complaint(String url) {
    return ProviderUrl.complaint(url)
        .or(() ->
            URI.create(url).getRawQuery() == null && URI.create(url).getRawUserInfo() == null
                ? Optional.empty()
                : Optional.of(
                    "has a user or a query (expected: none; what is secret goes to "
                        + HEADERS.getFirst()
                        + ")"));
  }

  private static void refuse(String name, String given, String wanted, Consumer<Problem> problems) {
    problems.accept(Environment.problem(name, given + " (expected: " + wanted + ")"));
  }

  private static boolean isPair(String pair) {
    return pair.indexOf('=') > 0 && decoded(pair).isPresent();
  }

  private static boolean isShare(String text) {
    try {
      double share = Double.parseDouble(text);
      return share >= 0 && share <= 1;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static Optional<String> decoded(String text) {
    try {
      return Optional.of(URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Optional<String> value(String name) {
    return Optional.ofNullable(variables.get(name)).map(Secret::reveal);
  }
}
