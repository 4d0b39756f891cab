package io.jethproxy.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Names the providers that were given no id, without giving away anything of their URLs. */
final class ProviderIds {

  private static final String UNKNOWN = "provider";

  private ProviderIds() {}

  /**
   * The same providers, each with an id: the vendor's name, numbered where there are several, and
   * {@code provider-1}, {@code provider-2} … for hosts of nobody we know.
   */
  static List<ProviderConfig> complete(List<ProviderConfig> providers) {
    Set<String> taken = new HashSet<>();
    Map<String, Integer> sameName = new HashMap<>();
    for (ProviderConfig provider : providers) {
      if (provider.id().isEmpty()) {
        sameName.merge(name(provider), 1, Integer::sum);
      } else {
        taken.add(provider.id());
      }
    }

    List<ProviderConfig> named = new ArrayList<>();
    for (ProviderConfig provider : providers) {
      if (!provider.id().isEmpty()) {
        named.add(provider);
        continue;
      }
      String name = name(provider);
      boolean alone = sameName.getOrDefault(name, 0) == 1 && !name.equals(UNKNOWN);
      named.add(provider.withId(alone && taken.add(name) ? name : numbered(name, taken)));
    }
    return named;
  }

  private static String numbered(String name, Set<String> taken) {
    int number = 1;
    while (!taken.add(name + "-" + number)) {
      number++;
    }
    return name + "-" + number;
  }

  private static String name(ProviderConfig provider) {
    return provider.vendor().isEmpty() ? UNKNOWN : provider.vendor();
  }
}
