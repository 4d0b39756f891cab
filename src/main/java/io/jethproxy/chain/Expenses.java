package io.jethproxy.chain;

import static java.util.concurrent.TimeUnit.DAYS;
import static java.util.concurrent.TimeUnit.HOURS;
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
 * <p>What was asked lately counts more: each question fades at the same rate, and the sum of what
 * is left is set against the sum that a steady question a second would have left since the start.
 * Surveys are hours apart and fade within days. One entry for each configured provider.
 */
public final class Expenses {

  /** A question counts for less by a factor of e after this time. */
  private static final double FADING_NANOS = MINUTES.toNanos(10);

  /** The questions of the start are not the measure of a day. */
  private static final double SEEN_NANOS_MIN = MINUTES.toNanos(1);

  private static final double SURVEYS_FADING_NANOS = DAYS.toNanos(1);

  /** About the time between two surveys. */
  private static final double SURVEYS_SEEN_NANOS_MIN = HOURS.toNanos(6);

  private final ComputeUnits units;
  private final Ticker ticker;
  private final double fadingNanos;
  private final double seenNanosMin;
  private final Map<String, Spent> byProvider = new ConcurrentHashMap<>();

  private Expenses(ComputeUnits units, Ticker ticker, double fadingNanos, double seenNanosMin) {
    this.units = units;
    this.ticker = ticker;
    this.fadingNanos = fadingNanos;
    this.seenNanosMin = seenNanosMin;
  }

  /** For what is asked all the time. */
  public Expenses(ComputeUnits units, Ticker ticker) {
    this(units, ticker, FADING_NANOS, SEEN_NANOS_MIN);
  }

  /** For what is asked a few times a day. */
  public static Expenses ofSurveys(ComputeUnits units, Ticker ticker) {
    return new Expenses(units, ticker, SURVEYS_FADING_NANOS, SURVEYS_SEEN_NANOS_MIN);
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
  private final class Spent {
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
      double seen = Math.max(seenNanosMin, (double) (nowNanos - sinceNanos));
      double full = fadingNanos * (1 - Math.exp(-seen / fadingNanos));
      double days = full / DAYS.toNanos(1);
      return new DailyCost(Math.round(requests / days), Math.round(computeUnits / days));
    }

    private void fade(long nowNanos) {
      double left = Math.exp(-Math.max(0, nowNanos - atNanos) / fadingNanos);
      requests *= left;
      computeUnits *= left;
      atNanos = nowNanos;
    }
  }
}
