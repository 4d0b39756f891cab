package io.jethproxy.cache;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Call;
import io.jethproxy.call.Deadline;
import io.jethproxy.call.Journal;
import io.jethproxy.call.Ticker;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.Network;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Request;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Calls of real methods for the tests of this package. */
final class Asking {

  static final long CHAIN = 1;
  static final Methods METHODS = Methods.load();
  private static final Network NETWORK = new Network(CHAIN, "mainnet", List.of(), 12_000, Set.of());

  private Asking() {}

  static Call call(Ticker ticker, String method, String params) {
    return call(ticker, 10_000, method, params);
  }

  static Call call(Ticker ticker, long deadlineMillis, String method, String params) {
    return new Call(
        NETWORK,
        new Request(RawJson.of("1"), method, RawJson.of(params.replace('\'', '"'))),
        METHODS.of(method),
        Deadline.after(ticker, TimeUnit.MILLISECONDS.toNanos(deadlineMillis)),
        new Journal(ticker.nanos(), 1),
        new Abandonment());
  }
}
