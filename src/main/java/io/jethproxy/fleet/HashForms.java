package io.jethproxy.fleet;

import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.jethproxy.call.Ticker;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which providers take the hash of a block where its number is usual, learned from their answers.
 *
 * <p>By provider and method on the wire, since some take it for one and not for another. One that
 * was not asked yet is asked by hash; one that refuses the hash and answers to the number is asked
 * by number for an hour, and then tried again. One that has taken it is trusted for ten minutes to
 * mean what it says, so that its errors are not taken for misunderstandings.
 *
 * <p>From all loops. At most {@value #KNOWN_MAX} pairs; beyond that nothing new is learned.
 */
public final class HashForms {

  static final int KNOWN_MAX = 8_192;

  /** What may have been a block that came late is a refusal only when it is repeated ... */
  static final int DOUBTS_TO_BELIEVE = 3;

  /** ... over longer than a provider's change of branch goes unseen. */
  static final long DOUBT_NANOS = SECONDS.toNanos(1);

  private static final long REFUSED_NANOS = HOURS.toNanos(1);
  private static final long TAKEN_NANOS = MINUTES.toNanos(10);
  private static final long NEWS_NANOS = MINUTES.toNanos(1);

  private record Question(String provider, String method) {}

  private enum Stand {
    TAKEN,
    DOUBTED,
    REFUSED
  }

  /**
   * @param doubts in a row
   * @param sinceNanos when that was learned
   */
  private record Known(Stand stand, int doubts, long sinceNanos) {}

  private final Ticker ticker;
  private final Map<Question, Known> known = new ConcurrentHashMap<>();

  public HashForms(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Whether the provider may be asked by hash. */
  public boolean mayTake(String provider, String method) {
    return !is(known.get(new Question(provider, method)), Stand.REFUSED, REFUSED_NANOS);
  }

  /** Whether the provider has answered to a hash lately. */
  public boolean isTaken(String provider, String method) {
    return is(known.get(new Question(provider, method)), Stand.TAKEN, TAKEN_NANOS);
  }

  /** The provider has answered to a hash. */
  public void taken(String provider, String method) {
    Question question = new Question(provider, method);
    if (!is(known.get(question), Stand.TAKEN, NEWS_NANOS)) {
      learn(question, new Known(Stand.TAKEN, 0, ticker.nanos()));
    }
  }

  /** The provider has objected to a hash and then answered to the number. */
  public void refused(String provider, String method) {
    learn(new Question(provider, method), new Known(Stand.REFUSED, 0, ticker.nanos()));
  }

  /** The provider did not know a hash, and then answered to the number. */
  public void doubted(String provider, String method) {
    Question question = new Question(provider, method);
    Known before = known.get(question);
    if (is(before, Stand.DOUBTED, DOUBT_NANOS)) {
      return;
    }
    int doubts = before == null ? 1 : before.doubts() + 1;
    Stand stand = doubts < DOUBTS_TO_BELIEVE ? Stand.DOUBTED : Stand.REFUSED;
    learn(question, new Known(stand, doubts, ticker.nanos()));
  }

  /** The methods for which the provider is asked by number, in the order of their names. */
  public List<String> refusedBy(String provider) {
    return known.entrySet().stream()
        .filter(entry -> entry.getKey().provider().equals(provider))
        .filter(entry -> is(entry.getValue(), Stand.REFUSED, REFUSED_NANOS))
        .map(entry -> entry.getKey().method())
        .sorted()
        .toList();
  }

  private void learn(Question question, Known news) {
    if (known.size() < KNOWN_MAX || known.containsKey(question)) {
      known.put(question, news);
    }
  }

  private boolean is(@Nullable Known now, Stand stand, long keptNanos) {
    return now != null && now.stand() == stand && ticker.nanos() - now.sinceNanos() < keptNanos;
  }
}
