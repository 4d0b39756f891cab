package io.jethproxy.dispatch;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Trouble;
import io.jethproxy.eth.MethodSpec;
import io.jethproxy.fleet.Attempt;
import io.jethproxy.fleet.Calls;
import io.jethproxy.fleet.Dice;
import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.HandTicker;
import io.jethproxy.fleet.Identity;
import io.jethproxy.fleet.Provider;
import io.jethproxy.fleet.Reason;
import io.jethproxy.fleet.ScriptedWire;
import io.jethproxy.fleet.ScriptedWire.Fate;
import io.jethproxy.fleet.Tier;
import io.jethproxy.fleet.Tolerance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Providers whose behaviour changes with time, under an open load of reads, in simulated time; with
 * the plainest loop of failover and hedging on top.
 */
final class Simulation {

  static final long TIMEOUT_NANOS = 5_000_000_000L;
  static final long CALL_NANOS = 10_000_000_000L;

  /** What a provider does at a time. */
  interface Behaviour {
    Fate fate(double seconds, Dice dice);
  }

  final HandTicker ticker = new HandTicker();
  final Dice dice;
  final long start = ticker.nanos();
  final List<ScriptedWire> wires = new ArrayList<>();
  final List<Provider> providers = new ArrayList<>();
  final List<Change> changes = new ArrayList<>();
  final List<List<Double>> sentAt = new ArrayList<>();
  final List<Ended> ended = new ArrayList<>();
  final RetryBudget retries = new RetryBudget(RetryBudget.Config.RETRIES, ticker);
  final RetryBudget hedges = new RetryBudget(RetryBudget.Config.HEDGES, ticker);
  final Fleet fleet;
  boolean hedging = true;
  int calls;

  record Change(double seconds, String provider, Reason from, Reason to, String cause) {}

  record Ended(double startedSeconds, double millis, boolean ok, int attempts) {}

  Simulation(long seed, Behaviour... behaviours) {
    dice = new Dice(seed);
    for (Behaviour behaviour : behaviours) {
      String id = "p" + (providers.size() + 1);
      List<Double> times = new ArrayList<>();
      sentAt.add(times);
      ScriptedWire wire =
          new ScriptedWire(
              ticker,
              id,
              method -> {
                if (!method.equals("eth_blockNumber")) {
                  times.add(seconds());
                }
                return behaviour.fate(seconds(), dice);
              });
      wires.add(wire);
      Provider provider =
          new Provider(
              new Identity(id, "", Tier.PRIMARY, 1, true, false),
              1,
              wire,
              ticker,
              Tolerance.DEFAULTS,
              dice,
              (who, from, to, cause) ->
                  changes.add(new Change(seconds(), who.id(), from, to, cause)));
      provider.identified(1);
      providers.add(provider);
    }
    fleet = new Fleet(Calls.MAINNET, providers, ticker);
  }

  double seconds() {
    return (ticker.nanos() - start) / 1e9;
  }

  /** Open load at a constant mean rate for a time. */
  Simulation run(double seconds, double callsPerSecond) {
    double until = seconds() + seconds;
    while (seconds() < until) {
      launch(Calls.BALANCE);
      double gap = -Math.log(1 - dice.nextDouble()) / callsPerSecond;
      ticker.advance((long) (gap * 1e9));
    }
    return this;
  }

  /** Lets every call come to its end. */
  Simulation settle() {
    ticker.advance(2 * CALL_NANOS);
    return this;
  }

  /** The gateway's own probes, every so often. */
  Simulation probing(double everySeconds) {
    for (Provider provider : providers) {
      probe(provider, everySeconds);
    }
    return this;
  }

  private void probe(Provider provider, double everySeconds) {
    ticker.alarm(
        (long) (everySeconds * (0.8 + 0.4 * dice.nextDouble()) * 1e9),
        () -> {
          if (provider.quietNanos() == 0) {
            provider.probe(
                "eth_blockNumber", io.jethproxy.rpc.RawJson.ABSENT, 2_000_000_000L, _ -> {});
          }
          probe(provider, everySeconds);
        });
  }

  void launch(MethodSpec method) {
    calls++;
    retries.earn();
    hedges.earn();
    new Loop(method).start();
  }

  long attempts(int provider, double from, double to) {
    return sentAt.get(provider).stream().filter(at -> at >= from && at < to).count();
  }

  double share(int provider, double from, double to) {
    long all = 0;
    for (int i = 0; i < providers.size(); i++) {
      all += attempts(i, from, to);
    }
    return (double) attempts(provider, from, to) / all;
  }

  double amplification() {
    return (double) sentAt.stream().mapToInt(List::size).sum() / calls;
  }

  long failed(double from, double to) {
    return ended.stream()
        .filter(call -> call.startedSeconds() >= from && call.startedSeconds() < to && !call.ok())
        .count();
  }

  double percentileMillis(double p, double from, double to) {
    List<Double> sorted =
        ended.stream()
            .filter(call -> call.startedSeconds() >= from && call.startedSeconds() < to)
            .map(Ended::millis)
            .sorted()
            .toList();
    return sorted.get((int) (p * (sorted.size() - 1)));
  }

  List<Change> changesOf(int provider) {
    String id = providers.get(provider).id();
    return changes.stream()
        .filter(change -> change.provider().equals(id) && change.from() != Reason.UNIDENTIFIED)
        .toList();
  }

  /** The moment at which a provider was first ejected; infinite if never. */
  double ejectedAt(int provider) {
    return changesOf(provider).stream()
        .filter(change -> change.to() == Reason.EJECTED)
        .mapToDouble(Change::seconds)
        .findFirst()
        .orElse(Double.POSITIVE_INFINITY);
  }

  /** One call: failover within its budget, and one hedge. */
  private final class Loop {
    private final MethodSpec method;
    private final Candidates candidates;
    private final double started = seconds();
    private final List<Attempt> pending = new ArrayList<>();
    private int attempts;
    private boolean hedged;
    private boolean over;

    Loop(MethodSpec method) {
      this.method = method;
      candidates = new Candidates(fleet, method, Candidates.Suitability.ALL, dice);
    }

    void start() {
      ticker.alarm(CALL_NANOS, () -> end(false));
      if (!attempt(false)) {
        end(false);
      }
    }

    private boolean attempt(boolean hedge) {
      Optional<Provider> next = hedge ? candidates.nextReady() : candidates.next();
      if (next.isEmpty()) {
        return false;
      }
      Provider provider = next.get();
      attempts++;
      Attempt[] self = new Attempt[1];
      Attempt begun =
          provider.begin(
              Calls.call(method, ticker),
              TIMEOUT_NANOS,
              hedge,
              outcome -> arrived(self[0], outcome));
      self[0] = begun;
      pending.add(begun);
      if (hedging && !hedged) {
        ticker.alarm(provider.hedgeAfterNanos(method.pace()), () -> hedge(begun));
      }
      return true;
    }

    private void hedge(Attempt of) {
      if (!over && !hedged && !of.isOver() && hedges.take()) {
        hedged = true;
        attempt(true);
      }
    }

    private void arrived(Attempt attempt, Outcome outcome) {
      pending.remove(attempt);
      if (over) {
        return;
      }
      switch (outcome) {
        case Outcome.Answer _, Outcome.Rejected _ -> end(true);
        case Outcome.Unserved unserved -> failover(unserved.trouble());
        case Outcome.Refused _ -> throw new AssertionError();
      }
    }

    private void failover(Trouble trouble) {
      if ((trouble.isFree() || retries.take()) && attempt(false)) {
        return;
      }
      if (pending.isEmpty()) {
        end(false);
      }
    }

    private void end(boolean ok) {
      if (over) {
        return;
      }
      over = true;
      pending.forEach(Attempt::cancel);
      ended.add(new Ended(started, (seconds() - started) * 1e3, ok, attempts));
    }
  }
}
