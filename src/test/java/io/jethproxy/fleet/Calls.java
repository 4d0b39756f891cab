package io.jethproxy.fleet;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Call;
import io.jethproxy.call.Deadline;
import io.jethproxy.call.Journal;
import io.jethproxy.call.Ticker;
import io.jethproxy.eth.MethodSpec;
import io.jethproxy.eth.MethodSpec.BlockParam;
import io.jethproxy.eth.MethodSpec.Caching;
import io.jethproxy.eth.MethodSpec.Effect;
import io.jethproxy.eth.MethodSpec.Exposure;
import io.jethproxy.eth.MethodSpec.Need;
import io.jethproxy.eth.MethodSpec.Pace;
import io.jethproxy.eth.Network;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Request;
import java.util.List;
import java.util.Set;

/** Calls and methods for tests. */
public final class Calls {

  public static final Network MAINNET = new Network(1, "mainnet", List.of(), 12_000, Set.of());
  public static final MethodSpec BALANCE = method("eth_getBalance", Pace.FAST);
  public static final MethodSpec CALL = method("eth_call", Pace.MEDIUM);
  public static final MethodSpec LOGS = method("eth_getLogs", Pace.SLOW);

  private Calls() {}

  public static MethodSpec method(String name, Pace pace) {
    return new MethodSpec(
        name,
        Effect.READ,
        Exposure.OPEN,
        Caching.NEVER,
        BlockParam.NONE,
        Need.NOTHING,
        pace,
        true,
        false);
  }

  public static Call call(MethodSpec method, Ticker ticker) {
    return new Call(
        MAINNET,
        new Request(RawJson.of("1"), method.name(), RawJson.ABSENT),
        method,
        Deadline.after(ticker, 10_000_000_000L),
        new Journal(ticker.nanos(), 1),
        new Abandonment());
  }
}
