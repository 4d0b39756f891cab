package io.jethproxy.hints;

import io.jethproxy.eth.Network;
import io.jethproxy.eth.Networks;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** All sockets of a gateway, as they are now; from any thread. */
public final class Sockets {

  private final Networks networks;
  private final List<SocketWatch> watches = new CopyOnWriteArrayList<>();
  private final Map<String, SocketWatch> byProvider = new ConcurrentHashMap<>();

  public Sockets(Networks networks) {
    this.networks = networks;
  }

  /** One for each configured socket, added at the start; at most one of each provider. */
  public void add(SocketWatch watch) {
    watches.add(watch);
    watch.vitals().providerId().ifPresent(id -> byProvider.put(id, watch));
  }

  /** Whether some socket keeps up with a chain, so that its head need not be asked for often. */
  public boolean tellOf(long chainId) {
    for (SocketWatch watch : watches) {
      SocketVitals vitals = watch.vitals();
      if (vitals.isTelling() && vitals.chainId().equals(OptionalLong.of(chainId))) {
        return true;
      }
    }
    return false;
  }

  /** Whether a socket of this provider keeps up with the chain, and so says what it has. */
  public boolean tellFor(String providerId) {
    SocketWatch watch = byProvider.get(providerId);
    return watch != null && watch.vitals().isTelling();
  }

  /** Whether a provider's waiting transactions come by its socket. */
  public boolean hearPendingOf(String providerId) {
    SocketWatch watch = byProvider.get(providerId);
    return watch != null && watch.vitals().hearsPending();
  }

  public List<SocketVitals> vitals() {
    return watches.stream().map(SocketWatch::vitals).toList();
  }

  /** The names of chains, also of those that are not served. */
  public Networks networks() {
    return networks;
  }

  /** Chains that have sockets and nothing else. */
  public List<Network> unserved() {
    return vitals().stream()
        .filter(vitals -> vitals.state() == SocketState.UNSERVED)
        .flatMapToLong(vitals -> vitals.chainId().stream())
        .distinct()
        .mapToObj(networks::byId)
        .toList();
  }
}
