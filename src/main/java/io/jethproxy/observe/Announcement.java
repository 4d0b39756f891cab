package io.jethproxy.observe;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The line at start that says what this process is: the stages in order and the providers of each
 * network, by id, never by URL.
 */
public final class Announcement {

  private static final int PROVIDERS_PER_NETWORK_MAX = 8;
  private static final int NETWORKS_MAX = 12;

  /**
   * A provider as it may be named in public.
   *
   * @param id as in metrics and errors
   * @param tier such as {@code primary}
   * @param vendor such as {@code alchemy}; empty when unknown
   */
  public record Provider(String network, String id, String tier, String vendor) {}

  private Announcement() {}

  /**
   * Such as {@code Normalise > Cache > Dispatch; mainnet: a1 (primary, alchemy), i1 (backup)}.
   *
   * @param stages the pipeline's names, first to last
   */
  public static String line(List<String> stages, List<Provider> providers) {
    Map<String, List<Provider>> byNetwork =
        providers.stream()
            .collect(Collectors.groupingBy(Provider::network, TreeMap::new, Collectors.toList()));
    String networks =
        byNetwork.entrySet().stream()
            .limit(NETWORKS_MAX)
            .map(entry -> entry.getKey() + ": " + providers(entry.getValue()))
            .collect(Collectors.joining("; "));
    return String.join(" > ", stages)
        + (networks.isEmpty() ? "; no providers" : "; " + networks)
        + more("; ", byNetwork.size() - NETWORKS_MAX);
  }

  private static String providers(List<Provider> providers) {
    return providers.stream()
            .limit(PROVIDERS_PER_NETWORK_MAX)
            .map(Announcement::provider)
            .collect(Collectors.joining(", "))
        + more(", ", providers.size() - PROVIDERS_PER_NETWORK_MAX);
  }

  private static String provider(Provider provider) {
    String vendor = provider.vendor().isEmpty() ? "" : ", " + provider.vendor();
    return provider.id() + " (" + provider.tier() + vendor + ")";
  }

  private static String more(String separator, int count) {
    return count > 0 ? separator + "and " + count + " more" : "";
  }
}
