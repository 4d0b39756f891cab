package io.jethproxy.app;

import io.jethproxy.chain.Expenses;
import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.HeadState;
import io.jethproxy.fleet.Vitals;
import io.jethproxy.observe.Readings;
import io.jethproxy.server.Insight;
import io.jethproxy.server.Listener;
import io.jethproxy.server.WebSocketCounts;
import io.jethproxy.subscribe.Numbers;
import io.jethproxy.verify.Profile;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The states of the running gateway as the metrics read them. */
record FleetReadings(Insight insight, Listener rpc) implements Readings {

  @Override
  public List<Provider> providers() {
    return fleets().stream()
        .flatMap(fleet -> fleet.providers().stream().map(provider -> reading(fleet, provider)))
        .toList();
  }

  @Override
  public List<Unidentified> unidentified() {
    return insight.unidentified().get().stream()
        .filter(each -> each.cause().isPresent())
        .map(each -> new Unidentified(each.providerId(), each.causeLabel()))
        .toList();
  }

  private List<Fleet> fleets() {
    return insight.fleets().all();
  }

  private static Provider reading(Fleet fleet, io.jethproxy.fleet.Provider provider) {
    Vitals vitals = provider.vitals();
    boolean known = vitals.head() >= 0 && fleet.agreedHead() >= 0;
    return new Provider(
        fleet.network().name(),
        vitals.identity().id(),
        vitals.condition().label(),
        optional(vitals.head()),
        known ? OptionalLong.of(fleet.lag(provider)) : OptionalLong.empty(),
        vitals.inFlight(),
        fleet.headState(provider) == HeadState.STUCK);
  }

  @Override
  public List<Network> networks() {
    return fleets().stream().map(FleetReadings::reading).toList();
  }

  private static Network reading(Fleet fleet) {
    return new Network(
        fleet.network().name(),
        optional(fleet.agreedHead()),
        fleet.headStillMillis(),
        fleet.isHeadStalled());
  }

  @Override
  public List<Chain> chains() {
    return fleets().stream().flatMap(fleet -> chain(fleet).stream()).toList();
  }

  private Optional<Chain> chain(Fleet fleet) {
    long chainId = fleet.network().chainId();
    return insight
        .chains()
        .of(chainId)
        .map(log ->
            new Chain(
                fleet.network().name(),
                log.current(),
                log.quorum(),
                log.isSplit(),
                insight.countsOf(chainId)));
  }

  @Override
  public List<Verification> verifications() {
    return fleets().stream()
        .map(Fleet::network)
        .map(network ->
            new Verification(
                network.name(),
                insight
                    .verify()
                    .known(network.chainId())
                    .orElseGet(() -> new Profile(network))
                    .states()))
        .toList();
  }

  @Override
  public Optional<Caching> cache() {
    return insight
        .cache()
        .map(cache -> new Caching(cache.entries(), cache.bytesMax(), cache.usage()));
  }

  @Override
  public Optional<Coalescing> coalescing() {
    return insight.coalesce().map(coalesce -> new Coalescing(coalesce.counts(), coalesce.trips()));
  }

  @Override
  public List<Asked> following() {
    return asked(insight.following());
  }

  @Override
  public List<Asked> listening() {
    return asked(insight.listening());
  }

  @Override
  public List<Asked> surveys() {
    return asked(insight.surveying());
  }

  private List<Asked> asked(Expenses expenses) {
    return fleets().stream()
        .flatMap(fleet ->
            fleet.providers().stream().flatMap(provider -> asked(expenses, fleet, provider)))
        .toList();
  }

  private static Stream<Asked> asked(
      Expenses expenses, Fleet fleet, io.jethproxy.fleet.Provider provider) {
    return expenses.requests(provider.id()).entrySet().stream()
        .map(each ->
            new Asked(fleet.network().name(), provider.id(), each.getKey(), each.getValue()));
  }

  @Override
  public List<Socket> sockets() {
    return insight.sockets().vitals().stream()
        .map(vitals ->
            new Socket(
                vitals.networkName(insight.sockets().networks()),
                vitals.id(),
                vitals.state().label(),
                vitals.reconnects(),
                vitals.notices(),
                vitals.ignored()))
        .toList();
  }

  @Override
  public List<Numbers> subscriptions() {
    return insight.subscriptions().numbers();
  }

  @Override
  public int ownTransactions() {
    return insight.remember().ownTransactions();
  }

  private static OptionalLong optional(long value) {
    return value < 0 ? OptionalLong.empty() : OptionalLong.of(value);
  }

  @Override
  public int httpConnections() {
    return rpc.connections();
  }

  @Override
  public WebSockets webSockets() {
    WebSocketCounts counts = rpc.webSocketCounts();
    return new WebSockets(counts.open(), counts.messagesIn(), counts.messagesOut(), counts.ended());
  }
}
