package io.jethproxy.chain;

import static java.util.concurrent.TimeUnit.DAYS;
import static java.util.concurrent.TimeUnit.MINUTES;

import io.jethproxy.call.Call;
import io.jethproxy.call.Journal;
import io.jethproxy.call.Ticker;
import io.jethproxy.call.Trouble;
import io.jethproxy.eth.ComputeUnits;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts what the gateway asks of each provider for one purpose of its own, such as following the
 * chain or telling those who listen, and says what that costs a day. From any thread.
 *
 * <p>What was asked lately counts more: each question fades with the same half-life, and the sum of
 * what is left is set against the sum that a steady question a second would have left since the
 * start. One entry for each configured provider.
 */
public final class Expenses {

  /** A question counts for less by a factor of e after this time. */
  private static final double FADING_NANOS = MINUTES.toNanos(10);

  /** The questions of the start are not the measure of a day. */
  private static final double SEEN_NANOS_MIN = MINUTES.toNanos(1);

  private final ComputeUnits units;
  private final Ticker ticker;
  private final Map<String, Spent> byProvider = new ConcurrentHashMap<>();

  public Expenses(ComputeUnits units, Ticker ticker) {
    this.units = units;
    this.ticker = ticker;
  }

  /** A provider is asked for the gateway's own sake. */
  public void asked(String provider, String method) {
    spentBy(provider).add(method, units.of(method), ticker.nanos());
  }

  /** Providers were asked a question, as its journal says; one without a permit was not. */
  public void asked(Call question) {
    for (Journal.Entry attempt : question.journal().attempts()) {
      if (attempt.trouble() != Trouble.BUSY) {
        asked(attempt.provider(), question.method().name());
      }
    }
  }

  /** What it costs at one provider, a day. */
  public DailyCost of(String provider) {
    Spent spent = byProvider.get(provider);
    return spent == null ? DailyCost.NOTHING : spent.perDay(ticker.nanos());
  }

  /** How often each method was asked at one provider since the start. */
  public Map<String, Long> requests(String provider) {
    Spent spent = byProvider.get(provider);
    return spent == null ? Map.of() : spent.requestsByMethod();
  }

  private Spent spentBy(String provider) {
    return byProvider.computeIfAbsent(provider, _ -> new Spent(ticker.nanos()));
  }

  /** Guarded by itself. */
  private static final class Spent {
    private final long sinceNanos;
    private long atNanos;
    private double requests;
    private double computeUnits;

    /** Of the few methods that are asked for a purpose of the gateway's own. */
    private final Map<String, Long> byMethod = new TreeMap<>();

    Spent(long nowNanos) {
      sinceNanos = nowNanos;
      atNanos = nowNanos;
    }

    synchronized void add(String method, int each, long nowNanos) {
      fade(nowNanos);
      requests += 1;
      byMethod.merge(method, 1L, Long::sum);
      computeUnits += each;
    }

    synchronized Map<String, Long> requestsByMethod() {
      return Map.copyOf(byMethod);
    }

    synchronized DailyCost perDay(long nowNanos) {
      fade(nowNanos);
      double seen = Math.max(SEEN_NANOS_MIN, (double) (nowNanos - sinceNanos));
      double full = FADING_NANOS * (1 - Math.exp(-seen / FADING_NANOS));
      double days = full / DAYS.toNanos(1);
      return new DailyCost(Math.round(requests / days), Math.round(computeUnits / days));
    }

    private void fade(long nowNanos) {
      double left = Math.exp(-Math.max(0, nowNanos - atNanos) / FADING_NANOS);
      requests *= left;
      computeUnits *= left;
      atNanos = nowNanos;
    }
  }
}
