package io.jethproxy.config;

import io.jethproxy.fleet.Secret;
import io.jethproxy.fleet.Tier;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One provider.
 *
 * @param id the name that users see; empty until it is derived from the host
 * @param network name or chain id; without it, what {@code eth_chainId} answers counts
 */
public record ProviderConfig(
    @Key(
            "The name in logs, metrics and errors, unique: lower-case letters, digits, `-_.`, at"
                + " most 63. Without it, the vendor's name or `provider-1`, `provider-2`, …")
        String id,
    @Key(
            value = "The `http://` or `https://` URL, with user info or key as the vendor says.",
            required = true,
            shorthand = true)
        Secret url,
    @Key(
            "The `ws://` or `wss://` URL of the same provider: it tells of new blocks at once, and of"
                + " waiting transactions. It gets the same `headers`.")
        Optional<Secret> ws,
    @Key(
            "The network's name or chain id. Without it, what `eth_chainId` answers counts; with"
                + " it, a provider that answers differently is not used.")
        Optional<String> network,
    @Key(
            "Who it depends on: providers of one group count as one where they must agree. Without"
                + " it, the vendor, else the host's domain.")
        Optional<String> group,
    @Key("`primary`, `secondary` or `backup`: asked when those before are out.") Tier tier,
    @Key("The share of traffic in relation to others of its tier, 1 to 1000.") int weight,
    @Key("Headers of each request to it, at most 32.") Map<String, Secret> headers,
    @Key("Whether it gets private transactions, and nothing else.") boolean privateTransactions,
    @Key("Whether it may have public transactions.") boolean broadcast,
    @Key("The most requests in flight there, 1 to 100000.") int maxConcurrent,
    @Key("Which methods it is asked for.") MethodFilter methods,
    @Key(
            "Whether requests to it carry the header `traceparent`, while traces are on: it learns"
                + " which of its requests belong together, and where its spans hang.")
        boolean traceContext) {

  private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");
  private static final Pattern NETWORK =
      Pattern.compile("[1-9][0-9]{0,18}|[a-z][a-z0-9]*(-[a-z0-9]+)*");
  private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}");
  private static final Pattern HEADER_VALUE = Pattern.compile("[\\t\\x20-\\x7e]{0,8192}");

  static final ProviderConfig DEFAULTS =
      new ProviderConfig(
          "",
          new Secret("http://localhost"),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Tier.PRIMARY,
          100,
          Map.of(),
          false,
          true,
          200,
          MethodFilter.ALL,
          false);

  public ProviderConfig {
    if (!id.isEmpty() && !ID.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "id: "
              + Shown.text(id)
              + " (expected: lower-case letters, digits, '-', '_', '.', at most 63)");
    }
    ProviderUrl.complaint(url.reveal())
        .ifPresent(complaint -> {
          throw new IllegalArgumentException("url: " + complaint);
        });
    ws.flatMap(socket -> ProviderUrl.complaintOfSocket(socket.reveal()))
        .ifPresent(complaint -> {
          throw new IllegalArgumentException("ws: " + complaint);
        });
    if (privateTransactions && ws.isPresent()) {
      throw new IllegalArgumentException(
          "ws: given (expected: none, as privateTransactions is set and it gets nothing else)");
    }
    network.ifPresent(name -> checkNetwork("network", name));
    group.ifPresent(name -> {
      if (!ID.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "group: " + Shown.text(name) + " (expected: spelled like an id)");
      }
    });
    Bounds.within("weight", weight, 1, 1000);
    checkHeaders(headers);
    Bounds.within("maxConcurrent", maxConcurrent, 1, 100_000);
    headers = Map.copyOf(headers);
  }

  /** A provider of which only the URL is given. */
  static ProviderConfig of(Secret url) {
    return new ProviderConfig(
        DEFAULTS.id,
        url,
        DEFAULTS.ws,
        DEFAULTS.network,
        DEFAULTS.group,
        DEFAULTS.tier,
        DEFAULTS.weight,
        DEFAULTS.headers,
        DEFAULTS.privateTransactions,
        DEFAULTS.broadcast,
        DEFAULTS.maxConcurrent,
        DEFAULTS.methods,
        DEFAULTS.traceContext);
  }

  ProviderConfig withId(String newId) {
    return new ProviderConfig(
        newId,
        url,
        ws,
        network,
        group,
        tier,
        weight,
        headers,
        privateTransactions,
        broadcast,
        maxConcurrent,
        methods,
        traceContext);
  }

  /** The vendor behind the host, such as {@code alchemy}; empty when unknown. */
  public String vendor() {
    return Vendors.of(ProviderUrl.host(url.reveal()));
  }

  /** Which providers it shares its fate with: those with the same text. */
  public String independence() {
    String vendor = vendor();
    return group.orElseGet(() -> vendor.isEmpty() ? ProviderUrl.domain(url.reveal()) : vendor);
  }

  static void checkNetwork(String name, String value) {
    if (!NETWORK.matcher(value).matches()) {
      throw new IllegalArgumentException(
          name + ": " + Shown.text(value) + " (expected: a chain id or a network's name)");
    }
  }

  private static void checkHeaders(Map<String, Secret> headers) {
    Bounds.within("headers", headers.size(), 0, 32);
    headers.forEach((name, value) -> {
      if (!HEADER.matcher(name).matches()) {
        throw new IllegalArgumentException("headers: a name that HTTP does not allow");
      }
      if (!HEADER_VALUE.matcher(value.reveal()).matches()) {
        throw new IllegalArgumentException(
            "headers: a value that HTTP does not allow (expected: printable ASCII)");
      }
    });
  }
}
