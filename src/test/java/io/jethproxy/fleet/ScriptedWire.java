package io.jethproxy.fleet;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Trouble;
import io.jethproxy.rpc.RawJson;
import java.util.function.Consumer;

/** A wire in simulated time: what it does to each request is decided by a script. */
public final class ScriptedWire implements Transport {

  /** What happens to one request. */
  public sealed interface Fate {
    /** An outcome after a while. */
    record After(long nanos, Outcome outcome) implements Fate {}

    /** Nothing at all. */
    record Silence() implements Fate {}
  }

  /** Decides about a request that is sent now. */
  @FunctionalInterface
  public interface Script {
    Fate fate(String method);
  }

  private final HandTicker ticker;
  private final String id;
  public Script script;
  public int sent;
  public int pending;
  public int cancelled;

  public ScriptedWire(HandTicker ticker, String id, Script script) {
    this.ticker = ticker;
    this.id = id;
    this.script = script;
  }

  public static Fate answer(double millis) {
    return new Fate.After(nanos(millis), new Outcome.Answer(RawJson.NULL, "", true));
  }

  public static Fate trouble(double millis, Trouble trouble) {
    return new Fate.After(nanos(millis), new Outcome.Unserved(trouble, ""));
  }

  public static Fate trouble(double millis, Trouble trouble, long retryAfterMillis) {
    return new Fate.After(
        nanos(millis), new Outcome.Unserved(trouble, "", retryAfterMillis, false));
  }

  public static Fate silence() {
    return new Fate.Silence();
  }

  @Override
  public Exchange send(String method, RawJson params, long timeoutNanos, Consumer<Outcome> inbox) {
    sent++;
    pending++;
    Fate.After fate =
        switch (script.fate(method)) {
          case Fate.After after when after.nanos() < timeoutNanos -> after;
          case Fate.After _, Fate.Silence _ ->
              new Fate.After(timeoutNanos, new Outcome.Unserved(Trouble.TIMEOUT, id));
        };
    boolean[] over = new boolean[1];
    var alarm =
        ticker.alarm(
            fate.nanos(),
            () -> {
              over[0] = true;
              pending--;
              inbox.accept(fate.outcome());
            });
    return new Exchange() {
      @Override
      public void cancel() {
        if (!over[0]) {
          over[0] = true;
          pending--;
          cancelled++;
          alarm.cancel();
        }
      }

      @Override
      public void forget() {
        cancel();
      }
    };
  }

  private static long nanos(double millis) {
    return (long) (millis * 1_000_000);
  }
}
