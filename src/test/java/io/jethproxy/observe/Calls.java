package io.jethproxy.observe;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Call;
import io.jethproxy.call.Deadline;
import io.jethproxy.call.Journal;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Trouble;
import io.jethproxy.eth.MethodSpec;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.Network;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Request;
import java.util.List;
import java.util.Set;

/** Calls that have ended, for the observers' tests. */
final class Calls {

  static final Network MAINNET = new Network(1, "mainnet", List.of(), 12_000, Set.of());

  private static final Methods METHODS = Methods.load();

  static final long MILLI = 1_000_000;

  private Calls() {}

  static Journal.Entry served(String provider, long millis) {
    return new Journal.Entry(provider, null, millis * MILLI, false);
  }

  static Journal.Entry failed(String provider, Trouble trouble, long millis) {
    return new Journal.Entry(provider, trouble, millis * MILLI, false);
  }

  static Concluded answered(String method, String by, long millis, Journal.Entry... attempts) {
    return concluded(method, new Outcome.Answer(RawJson.of("\"0x1\""), by, true), millis, attempts);
  }

  static Concluded refused(Refusal.Kind kind, Journal.Entry... attempts) {
    Refusal refusal = new Refusal(kind, "a message", "a_reason");
    return concluded("eth_call", new Outcome.Refused(refusal), 3, attempts);
  }

  static Concluded concluded(
      String method, Outcome outcome, long millis, Journal.Entry... attempts) {
    return concludedAt(millis * MILLI, method, outcome, attempts);
  }

  /** Began at zero. */
  static Concluded concludedAt(
      long endNanos, String method, Outcome outcome, Journal.Entry... attempts) {
    Journal journal = new Journal(0, 1);
    List.of(attempts).forEach(journal::attempt);
    return new Concluded("r-1", call(method, journal), outcome, endNanos);
  }

  /** A call of a method as the gateway knows it. */
  static Concluded asked(String method, String params, Outcome outcome) {
    Request request = new Request(RawJson.of("1"), method, RawJson.of(params));
    MethodSpec spec = METHODS.of(method);
    Call call =
        new Call(MAINNET, request, spec, new Deadline(1), new Journal(0, 1), new Abandonment());
    return new Concluded("r-1", call, outcome, MILLI);
  }

  static Call call(String method, Journal journal) {
    MethodSpec spec =
        new MethodSpec(
            method,
            MethodSpec.Effect.READ,
            MethodSpec.Exposure.OPEN,
            MethodSpec.Caching.NEVER,
            MethodSpec.BlockParam.NONE,
            MethodSpec.Need.NOTHING,
            MethodSpec.Pace.FAST,
            true,
            false);
    Request request = new Request(RawJson.of("1"), method, RawJson.of("[\"PARAMcanary\"]"));
    return new Call(MAINNET, request, spec, new Deadline(1), journal, new Abandonment());
  }
}
