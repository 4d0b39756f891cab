package io.jethproxy.app;

import io.jethproxy.config.ProviderConfig;
import io.jethproxy.fleet.Identity;
import io.jethproxy.fleet.Provider;
import io.jethproxy.fleet.Tolerance;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the configuration says of each provider. */
final class Enlisted {

  private final Map<String, ProviderConfig> byId;

  Enlisted(List<ProviderConfig> providers) {
    byId =
        providers.stream()
            .collect(
                Collectors.toMap(ProviderConfig::id, Function.identity(), (_, later) -> later));
  }

  static Identity identity(ProviderConfig configured) {
    return new Identity(
        configured.id(),
        configured.vendor(),
        configured.tier(),
        configured.weight(),
        configured.broadcast(),
        configured.privateTransactions(),
        configured.traceContext());
  }

  static Tolerance tolerance(ProviderConfig configured) {
    return Tolerance.DEFAULTS.withMaxConcurrent(configured.maxConcurrent());
  }

  /** Whether a provider may be asked this method. */
  boolean offers(Provider provider, String method) {
    ProviderConfig configured = byId.get(provider.id());
    return configured == null || configured.methods().permits(method);
  }

  /** Providers of one group fail and err together. */
  String groupOf(Provider provider) {
    ProviderConfig configured = byId.get(provider.id());
    return configured == null ? provider.id() : configured.independence();
  }
}
