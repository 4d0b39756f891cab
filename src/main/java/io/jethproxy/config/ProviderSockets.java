package io.jethproxy.config;

import io.jethproxy.fleet.Secret;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Names the sockets and finds the providers that they belong to: a {@code ws} belongs to its
 * provider, one of the list to the only provider without a {@code ws} at the same host and port.
 */
final class ProviderSockets {

  private static final String SUFFIX = "ws";

  private ProviderSockets() {}

  /**
   * Judges the URLs of a list.
   *
   * @throws IllegalArgumentException when one cannot be used
   */
  static void check(List<Secret> sockets) {
    for (int i = 0; i < sockets.size(); i++) {
      int item = i + 1;
      ProviderUrl.complaintOfSocket(sockets.get(i).reveal())
          .ifPresent(complaint -> {
            throw new IllegalArgumentException("sockets: item " + item + ": " + complaint);
          });
    }
  }

  /** All sockets, each URL once, those of providers first. */
  static List<SocketConfig> of(List<ProviderConfig> providers, List<Secret> sockets) {
    List<SocketConfig> all = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    Set<Secret> urls = new HashSet<>();
    for (ProviderConfig provider : providers) {
      ids.add(provider.id());
      if (provider.ws().isPresent() && urls.add(provider.ws().get())) {
        all.add(ofProvider(provider, provider.ws().get(), provider.headers()));
      }
    }
    for (Secret url : sockets) {
      if (urls.add(url)) {
        all.add(
            owner(providers, all, url)
                .map(provider -> ofProvider(provider, url, Map.of()))
                .orElseGet(() -> ofNobody(url, ids)));
      }
    }
    return List.copyOf(all);
  }

  private static SocketConfig ofProvider(
      ProviderConfig provider, Secret url, Map<String, Secret> headers) {
    return new SocketConfig(
        provider.id(), url, headers, provider.network(), Optional.of(provider.id()));
  }

  private static SocketConfig ofNobody(Secret url, Set<String> ids) {
    return new SocketConfig(id(url, ids), url, Map.of(), Optional.empty(), Optional.empty());
  }

  private static Optional<ProviderConfig> owner(
      List<ProviderConfig> providers, List<SocketConfig> taken, Secret url) {
    String authority = ProviderUrl.authority(url.reveal());
    List<ProviderConfig> same =
        providers.stream()
            .filter(provider -> !provider.privateTransactions())
            .filter(provider -> ProviderUrl.authority(provider.url().reveal()).equals(authority))
            .toList();
    return same.size() == 1
            && taken.stream().noneMatch(each -> each.id().equals(same.getFirst().id()))
        ? Optional.of(same.getFirst())
        : Optional.empty();
  }

  private static String id(Secret url, Set<String> ids) {
    String vendor = Vendors.of(ProviderUrl.host(url.reveal()));
    String name = vendor.isEmpty() ? SUFFIX : vendor + "-" + SUFFIX;
    if (!vendor.isEmpty() && ids.add(name)) {
      return name;
    }
    int number = vendor.isEmpty() ? 1 : 2;
    while (!ids.add(name + "-" + number)) {
      number++;
    }
    return name + "-" + number;
  }
}
