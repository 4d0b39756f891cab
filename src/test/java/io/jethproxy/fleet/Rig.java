package io.jethproxy.fleet;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Trouble;
import io.jethproxy.eth.MethodSpec;
import io.jethproxy.fleet.ScriptedWire.Fate;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;

/** One real provider on a scripted wire, with a clock turned by hand. */
final class Rig {

  static final long TIMEOUT_NANOS = 5_000_000_000L;

  final HandTicker ticker = new HandTicker();
  final List<String> changes = new ArrayList<>();
  final List<Outcome> outcomes = new ArrayList<>();
  final ScriptedWire wire = new ScriptedWire(ticker, "p", _ -> ScriptedWire.answer(10));
  final Provider provider;

  Rig() {
    this(Tolerance.DEFAULTS);
  }

  Rig(Tolerance config) {
    provider =
        new Provider(
            new Identity("p", "acme", Tier.PRIMARY, 1, true, false),
            1,
            wire,
            ticker,
            config,
            new Dice(7),
            (_, from, to, cause) ->
                changes.add(
                    from.label() + ">" + to.label() + (cause.isEmpty() ? "" : ":" + cause)));
    provider.identified(1);
    changes.clear();
  }

  static Rig fresh() {
    return new Rig();
  }

  /** Asks now and turns the clock until the outcome is there. */
  Rig ask(MethodSpec method, Fate fate) {
    wire.script = _ -> fate;
    Attempt attempt = begin(method);
    while (!attempt.isOver()) {
      ticker.advanceMillis(1);
    }
    return this;
  }

  Rig fail(int times, Trouble trouble) {
    for (int i = 0; i < times; i++) {
      ask(Calls.BALANCE, ScriptedWire.trouble(1, trouble));
    }
    return this;
  }

  Rig succeed(int times) {
    for (int i = 0; i < times; i++) {
      ask(Calls.BALANCE, ScriptedWire.answer(10));
    }
    return this;
  }

  /** Succeeds all the time, at ten calls a second, while the standing lets it. */
  Rig succeedFor(int millis) {
    for (int i = 0; i < millis / 100; i++) {
      if (!standing().isOut()) {
        ask(Calls.BALANCE, ScriptedWire.answer(1));
      }
      ticker.advanceMillis(100);
    }
    return this;
  }

  Attempt begin(MethodSpec method) {
    return provider.begin(Calls.call(method, ticker), TIMEOUT_NANOS, false, outcomes::add);
  }

  Attempt probe(Fate fate) {
    wire.script = _ -> fate;
    return provider.probe("eth_blockNumber", RawJson.ABSENT, 2_000_000_000L, outcomes::add);
  }

  Standing standing() {
    return provider.standing(Calls.BALANCE);
  }

  long waitMillis(MethodSpec method) {
    return provider.standing(method).waitNanos() / 1_000_000;
  }

  Rig passMillis(long millis) {
    ticker.advanceMillis(millis);
    return this;
  }
}
