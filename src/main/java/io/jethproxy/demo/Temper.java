package io.jethproxy.demo;

import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * How a simulated provider treats its requests. Not thread-safe: one provider on one event loop.
 */
public final class Temper {

  /** What becomes of one request. */
  enum Deed {
    ANSWER,
    /** HTTP 429, come again in a second. */
    THROTTLE,
    /** HTTP 502 with a page for people. */
    FAIL,
    /** A JSON-RPC error that is the provider's own fault. */
    BREAK,
    /** The connection is reset. */
    HANG_UP
  }

  /**
   * A deed after a while.
   *
   * @param afterMillis not negative
   */
  record Reaction(Deed deed, long afterMillis) {}

  private static final List<Deed> BAD = List.of(Deed.THROTTLE, Deed.FAIL, Deed.BREAK, Deed.HANG_UP);
  private static final long MOOD_MILLIS = 40_000;
  private static final long GOOD_MOOD_MILLIS = 30_000;
  private static final double BAD_SHARE = 0.5;

  private final RandomGenerator random;
  private final long leastMillis;
  private final long mostMillis;
  private final long goodMillis;

  /**
   * @param goodMillis how much of {@value #MOOD_MILLIS} ms it answers everything, from the start
   */
  private Temper(long seed, long leastMillis, long mostMillis, long goodMillis) {
    this.random = new Random(seed);
    this.leastMillis = leastMillis;
    this.mostMillis = mostMillis;
    this.goodMillis = goodMillis;
  }

  /** Answers everything at once. */
  public static Temper prompt() {
    return new Temper(1, 0, 0, MOOD_MILLIS);
  }

  /** Answers everything within 10 milliseconds. */
  public static Temper steady() {
    return new Temper(2, 5, 10, MOOD_MILLIS);
  }

  /** Answers everything, but takes its time. */
  public static Temper slow() {
    return new Temper(3, 80, 160, MOOD_MILLIS);
  }

  /** Each second request comes to grief. */
  public static Temper cross() {
    return new Temper(5, 0, 0, 0);
  }

  /**
   * Quick, but for 10 seconds of every 40, each second request comes to grief; not in the first 30.
   */
  public static Temper moody() {
    return new Temper(4, 0, 2, GOOD_MOOD_MILLIS);
  }

  /**
   * What becomes of the next request.
   *
   * @param ageMillis how long the provider has been running
   */
  Reaction next(long ageMillis) {
    boolean bad = ageMillis % MOOD_MILLIS >= goodMillis && random.nextDouble() < BAD_SHARE;
    Deed deed = bad ? BAD.get(random.nextInt(BAD.size())) : Deed.ANSWER;
    return new Reaction(deed, random.nextLong(leastMillis, mostMillis + 1));
  }
}
