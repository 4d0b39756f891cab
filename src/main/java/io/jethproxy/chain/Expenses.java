package io.jethproxy.chain;

import static java.util.concurrent.TimeUnit.DAYS;
import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.MINUTES;

import io.jethproxy.call.Ticker;
import io.jethproxy.eth.ComputeUnits;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts what following and surveys ask of each provider, and says what that costs a day. From any
 * thread.
 *
 * <p>What was asked lately counts more: each question fades with the same half-life, and the sum of
 * what is left is set against the sum that a steady question a second would have left since the
 * start. Surveys are hours apart and fade within days. One entry for each configured provider.
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
  private final Map<String, Spent> following = new ConcurrentHashMap<>();
  private final Map<String, Spent> surveys = new ConcurrentHashMap<>();

  public Expenses(ComputeUnits units, Ticker ticker) {
    this.units = units;
    this.ticker = ticker;
  }

  /** A provider is asked for the gateway's own sake. */
  public void asked(String provider, String method) {
    following
        .computeIfAbsent(provider, _ -> new Spent(FADING_NANOS, SEEN_NANOS_MIN, ticker.nanos()))
        .add(method, units.of(method), ticker.nanos());
  }

  /** A provider is asked what it keeps and offers. */
  public void surveyed(String provider, String method) {
    surveys
        .computeIfAbsent(
            provider, _ -> new Spent(SURVEYS_FADING_NANOS, SURVEYS_SEEN_NANOS_MIN, ticker.nanos()))
        .add(method, units.of(method), ticker.nanos());
  }

  /** What following costs at one provider, a day. */
  public FollowingCost of(String provider) {
    return cost(following.get(provider));
  }

  /** What surveys cost at one provider, a day. */
  public FollowingCost ofSurveys(String provider) {
    return cost(surveys.get(provider));
  }

  private FollowingCost cost(@Nullable Spent spent) {
    return spent == null ? FollowingCost.NOTHING : spent.perDay(ticker.nanos());
  }

  /** How often each method was asked at one provider since the start, to follow its chain. */
  public Map<String, Long> requests(String provider) {
    Spent spent = following.get(provider);
    return spent == null ? Map.of() : spent.requestsByMethod();
  }

  /** How often each method was asked at one provider since the start, in surveys. */
  public Map<String, Long> requestsOfSurveys(String provider) {
    Spent spent = surveys.get(provider);
    return spent == null ? Map.of() : spent.requestsByMethod();
  }

  /** Guarded by itself. */
  private static final class Spent {
    private final double fadingNanos;
    private final double seenNanosMin;
    private final long sinceNanos;
    private long atNanos;
    private double requests;
    private double computeUnits;

    /** Of the few methods that the gateway asks by itself. */
    private final Map<String, Long> byMethod = new TreeMap<>();

    Spent(double fadingNanos, double seenNanosMin, long nowNanos) {
      this.fadingNanos = fadingNanos;
      this.seenNanosMin = seenNanosMin;
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

    synchronized FollowingCost perDay(long nowNanos) {
      fade(nowNanos);
      double seen = Math.max(seenNanosMin, (double) (nowNanos - sinceNanos));
      double full = fadingNanos * (1 - Math.exp(-seen / fadingNanos));
      double days = full / DAYS.toNanos(1);
      return new FollowingCost(Math.round(requests / days), Math.round(computeUnits / days));
    }

    private void fade(long nowNanos) {
      double left = Math.exp(-Math.max(0, nowNanos - atNanos) / fadingNanos);
      requests *= left;
      computeUnits *= left;
      atNanos = nowNanos;
    }
  }
}
