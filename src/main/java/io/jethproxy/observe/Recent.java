package io.jethproxy.observe;

import io.jethproxy.call.Journal;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The last calls that had trouble, and a sample of the others, for the status page.
 *
 * <p>Two rings of fixed size that any loop writes without a lock: the calls that failed or took
 * more than one attempt, and at most one ordinary call per second, so that a busy hour does not
 * push out what matters.
 */
public final class Recent implements Observer {

  private static final int TROUBLED_MAX = 200;
  private static final int ORDINARY_MAX = 50;
  private static final long SAMPLE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * One call as the status page shows it.
   *
   * @param method as the client wrote it, cut; it may hold any character
   * @param outcome as in the metrics: {@code ok}, {@code rejected}, {@code no_provider}, …
   * @param reason the gateway's reason, for its own errors; else empty
   * @param code the JSON-RPC error code; 0 for a result
   * @param by the provider or stage that answered; empty when nobody did
   * @param attempts in order of their end, bounded
   */
  public record Seen(
      String requestId,
      String network,
      String method,
      String outcome,
      String reason,
      int code,
      String by,
      List<Attempt> attempts,
      long durationMicros,
      long ageMillis) {}

  /**
   * One attempt of a {@link Seen}.
   *
   * @param reason {@code ok}, or the label of the trouble
   */
  public record Attempt(String provider, String reason, long durationMicros, boolean hedge) {}

  private record Kept(Seen seen, long endNanos) {
    Seen at(long nowNanos) {
      return new Seen(
          seen.requestId,
          seen.network,
          seen.method,
          seen.outcome,
          seen.reason,
          seen.code,
          seen.by,
          seen.attempts,
          seen.durationMicros,
          Math.max(0, TimeUnit.NANOSECONDS.toMillis(nowNanos - endNanos)));
    }
  }

  private final Ring troubled = new Ring(TROUBLED_MAX);
  private final Ring ordinary = new Ring(ORDINARY_MAX);
  private final AtomicLong sampledAtNanos;

  public Recent(long nowNanos) {
    sampledAtNanos = new AtomicLong(nowNanos - SAMPLE_NANOS);
  }

  @Override
  public void concluded(Concluded concluded) {
    if (isTroubled(concluded)) {
      troubled.add(kept(concluded));
      return;
    }
    long sampled = sampledAtNanos.get();
    if (concluded.endNanos() - sampled >= SAMPLE_NANOS
        && sampledAtNanos.compareAndSet(sampled, concluded.endNanos())) {
      ordinary.add(kept(concluded));
    }
  }

  /** What is kept, newest first; at most 250. */
  public List<Seen> list(long nowNanos) {
    List<Kept> all = new ArrayList<>();
    troubled.addTo(all);
    ordinary.addTo(all);
    all.sort(Comparator.comparingLong(kept -> nowNanos - kept.endNanos));
    return all.stream().map(kept -> kept.at(nowNanos)).toList();
  }

  /** A caller's own mistake is not troubled: anybody could fill the ring with those. */
  private static boolean isTroubled(Concluded concluded) {
    return concluded.call().journal().attempts().size() > 1
        || switch (concluded.outcome()) {
          case Outcome.Answer _, Outcome.Rejected _ -> false;
          case Outcome.Unserved _ -> true;
          case Outcome.Refused refused -> !isCallersMistake(refused.refusal().kind());
        };
  }

  static boolean isCallersMistake(Refusal.Kind kind) {
    return switch (kind) {
      case PARSE_ERROR,
          INVALID_REQUEST,
          TOO_BIG,
          METHOD_NOT_FOUND,
          INVALID_PARAMS,
          UNKNOWN_PATH,
          UNAUTHORISED,
          LIMIT_EXCEEDED,
          RANGE_TOO_LARGE ->
          true;
      case OVERLOADED, NO_PROVIDER, TIMEOUT, BAD_PROVIDER_ANSWER, MISSING_DATA, INTERNAL -> false;
    };
  }

  private static Kept kept(Concluded concluded) {
    String reason =
        concluded.outcome() instanceof Outcome.Refused refused ? refused.refusal().reason() : "";
    Seen seen =
        new Seen(
            concluded.requestId(),
            concluded.call().network().name(),
            concluded.method(),
            OutcomeLabel.of(concluded),
            reason,
            concluded.code(),
            concluded.by(),
            concluded.call().journal().attempts().stream()
                .limit(Concluded.ATTEMPTS_MAX)
                .map(Recent::attempt)
                .toList(),
            TimeUnit.NANOSECONDS.toMicros(concluded.durationNanos()),
            0);
    return new Kept(seen, concluded.endNanos());
  }

  private static Attempt attempt(Journal.Entry entry) {
    return new Attempt(
        entry.provider(),
        entry.trouble() == null ? "ok" : entry.trouble().label(),
        TimeUnit.NANOSECONDS.toMicros(entry.nanos()),
        entry.hedge());
  }

  /**
   * The last entries, in no order; a writer may overtake another, which costs one entry at most.
   */
  private static final class Ring {
    private final AtomicReferenceArray<@Nullable Kept> slots;
    private final AtomicLong written = new AtomicLong();

    Ring(int size) {
      slots = new AtomicReferenceArray<>(size);
    }

    void add(Kept kept) {
      slots.set((int) (written.getAndIncrement() % slots.length()), kept);
    }

    void addTo(List<Kept> all) {
      for (int i = 0; i < slots.length(); i++) {
        Kept kept = slots.get(i);
        if (kept != null) {
          all.add(kept);
        }
      }
    }
  }
}
