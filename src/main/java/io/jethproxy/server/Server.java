package io.jethproxy.server;

import io.jethproxy.call.Refusal;
import io.jethproxy.call.Ticker;
import io.jethproxy.eth.Networks;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.rpc.Limits;
import io.jethproxy.transport.Loops;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Makes the two listeners: one for clients, one for operators. */
public final class Server {

  private final Loops loops;
  private final Ticker ticker;
  private final Executor workers;
  private final Health health;

  /**
   * @param workers a bounded pool for compression
   */
  public Server(Loops loops, Ticker ticker, Executor workers, Health health) {
    this.loops = loops;
    this.ticker = ticker;
    this.workers = workers;
    this.health = health;
  }

  /**
   * The clients' listener, not bound yet.
   *
   * @param origins whose web pages may read answers
   * @param declined told of each request that never becomes a call
   */
  public Listener rpc(
      Calls calls,
      Networks networks,
      Fleets fleets,
      Limits limits,
      Set<String> origins,
      Consumer<Refusal.Kind> declined,
      HttpLimits httpLimits,
      WebSocketLimits webSocketLimits) {
    Declined no = new Declined(calls::nextRequestId, declined);
    RpcSite site =
        new RpcSite(
            new JsonRpc(calls, no, limits), no, networks, fleets, new Cors(origins), health);
    return new Listener(loops, ticker, httpLimits, webSocketLimits, site, workers);
  }

  /** The operators' listener, not bound yet. */
  public Listener management(
      boolean loopbackOnly,
      Supplier<String> metrics,
      Supplier<String> status,
      HttpLimits httpLimits) {
    ManagementSite site = new ManagementSite(loopbackOnly, workers, health, metrics, status);
    return new Listener(loops, ticker, httpLimits, WebSocketLimits.DEFAULTS, site, workers);
  }
}
