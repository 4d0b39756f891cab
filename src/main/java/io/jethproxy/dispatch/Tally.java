package io.jethproxy.dispatch;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Trouble;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the attempts of one call have said so far, and what follows. Pure: no threads, no time, so
 * its rules are tested as a table.
 */
final class Tally {

  /** Two providers that both know nothing are believed. */
  private static final int EMPTIES_TO_BELIEVE = 2;

  /** The reason of a refusal for a block that providers may have a moment later. */
  static final String MISSING = "missing_data";

  /** How an empty answer is to be taken. */
  enum Empties {
    /** As good as any other answer. */
    TRUSTED,
    /** Perhaps only this provider does not have it (yet): ask one more. */
    DOUBTED,
    /** As {@link #DOUBTED}, and so is an empty list. */
    LISTS_DOUBTED,
    /** The thing is known to exist, so an empty answer is wrong. */
    WRONG
  }

  /** What was asked, as far as it matters for the error in the end. */
  enum Asked {
    ONE_THING,
    /** A range of blocks, of which the client can ask for less. */
    RANGE,
    /** Blocks that nobody has shown: what one says who lacks them, all would say. */
    FUTURE
  }

  /** What to do after an outcome. */
  sealed interface Decision {
    /** The call is over. */
    record Finish(Outcome outcome) implements Decision {}

    /**
     * Ask another provider.
     *
     * @param costsBudget whether this is a retry after a failure, of which there may be few
     */
    record Another(boolean costsBudget) implements Decision {}
  }

  private static final Decision RETRY = new Decision.Another(true);
  private static final Decision FREE_RETRY = new Decision.Another(false);

  private final Empties empties;
  private final Asked asked;
  private final List<Refusal.Attempt> attempts = new ArrayList<>(2);
  private final List<Trouble> troubles = new ArrayList<>(2);
  private Outcome.@Nullable Answer empty;
  private int emptyCount;
  private long retryAfterMillis = Long.MAX_VALUE;
  private long rangeBlocks;

  Tally(Empties empties, Asked asked) {
    this.empties = empties;
    this.asked = asked;
  }

  Decision take(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Answer answer -> answered(answer);
      case Outcome.Rejected rejected -> new Decision.Finish(rejected);
      case Outcome.Refused refused -> new Decision.Finish(refused);
      case Outcome.Unserved unserved
          when asked == Asked.FUTURE
              && unserved.trouble() == Trouble.MISSING_DATA
              && unserved.said().isPresent() ->
          new Decision.Finish(new Outcome.Rejected(unserved.said().get(), unserved.by()));
      case Outcome.Unserved unserved -> {
        attempts.add(new Refusal.Attempt(unserved.by(), unserved.trouble().label()));
        troubles.add(unserved.trouble());
        rangeBlocks = Math.max(rangeBlocks, unserved.rangeBlocks().orElse(0));
        if (unserved.retryAfterMillis() >= 0) {
          retryAfterMillis = Math.min(retryAfterMillis, unserved.retryAfterMillis());
        }
        yield costsBudget(unserved.trouble()) ? RETRY : FREE_RETRY;
      }
    };
  }

  private Decision answered(Outcome.Answer answer) {
    if (empties == Empties.TRUSTED || !isEmpty(answer.result())) {
      return new Decision.Finish(answer);
    }
    attempts.add(new Refusal.Attempt(answer.by(), "empty"));
    emptyCount++;
    if (empty == null) {
      empty = answer;
    }
    if (empties == Empties.WRONG) {
      return RETRY;
    }
    return emptyCount >= EMPTIES_TO_BELIEVE ? new Decision.Finish(empty) : FREE_RETRY;
  }

  /**
   * Whether the provider failed, in which case others may be failing too. One that is well and only
   * lacks what was asked says nothing about others, and is asked once per call at most.
   */
  private static boolean costsBudget(Trouble trouble) {
    return switch (trouble) {
      case METHOD_CLOSED, RANGE_TOO_LARGE, RESPONSE_TOO_LARGE, REQUEST_TOO_LARGE -> false;
      case MISSING_DATA, PRUNED, POLICY -> false;
      default -> !trouble.isFree();
    };
  }

  private boolean isEmpty(RawJson result) {
    return result.isNull()
        || result.is("\"0x\"")
        || (empties == Empties.LISTS_DOUBTED && result.is("[]"));
  }

  /** Who was asked and did not answer the call, in the order of their end. */
  List<Refusal.Attempt> attempts() {
    return List.copyOf(attempts);
  }

  /** Whether an empty answer waits for a better one. */
  boolean hasEmpty() {
    return emptyCount > 0;
  }

  /**
   * Nobody is left to ask and nothing is pending: what the client gets.
   *
   * @param skipped who was not asked, and why
   * @param waitMillis how long until one of the skipped may be asked; negative when unknown
   */
  Outcome settle(List<Skipped> skipped, long waitMillis) {
    if (empty != null && empties != Empties.WRONG) {
      return empty;
    }
    List<Refusal.Attempt> all = new ArrayList<>(attempts);
    skipped.forEach(one -> all.add(one.attempt()));
    List<Skipped> concerned =
        skipped.stream().filter(one -> one.sort() != Skipped.Sort.NOT_MEANT).toList();
    return new Outcome.Refused(failure(all, concerned, waitMillis));
  }

  private Refusal failure(List<Refusal.Attempt> all, List<Skipped> skipped, long waitMillis) {
    if (isRangeTooLarge()) {
      return refusal(
          Refusal.Kind.RANGE_TOO_LARGE,
          "range: too large for every provider (expected: "
              + (rangeBlocks > 0
                  ? "at most " + rangeBlocks + " blocks)"
                  : "fewer blocks or results)"),
          "range_too_large",
          all);
    }
    if (onlyMissing(skipped)) {
      return refusal(
          Refusal.Kind.MISSING_DATA,
          "no provider has the data for this block (yet)",
          troubles.contains(Trouble.PRUNED) ? "pruned" : MISSING,
          all);
    }
    if (only(Trouble.METHOD_CLOSED) && skipped.stream().allMatch(Tally::isClosed)) {
      return refusal(
          Refusal.Kind.METHOD_NOT_FOUND,
          "the method does not exist or is not offered by any provider",
          "method_not_found",
          all);
    }
    List<Trouble> offering = ofThoseWhoOfferIt();
    if (!offering.isEmpty() && offering.stream().allMatch(Tally::isUnusable)) {
      return refusal(
          Refusal.Kind.BAD_PROVIDER_ANSWER,
          "no provider gave a usable answer",
          troubles.contains(Trouble.RESPONSE_TOO_LARGE) ? "response_too_large" : "bad_answer",
          all);
    }
    return new Refusal(
        Refusal.Kind.NO_PROVIDER,
        "no provider could answer",
        "no_provider",
        shortest(waitMillis),
        all);
  }

  /** Whether the range is what every provider that was asked and has the method objected to. */
  private boolean isRangeTooLarge() {
    boolean byAnyone =
        troubles.contains(Trouble.RANGE_TOO_LARGE)
            || (asked == Asked.RANGE && troubles.contains(Trouble.RESPONSE_TOO_LARGE));
    return byAnyone && emptyCount == 0 && troubles.stream().allMatch(Tally::isAboutSize);
  }

  private static boolean isAboutSize(Trouble trouble) {
    return switch (trouble) {
      case RANGE_TOO_LARGE, RESPONSE_TOO_LARGE, METHOD_CLOSED -> true;
      default -> false;
    };
  }

  private long shortest(long waitMillis) {
    long asked = retryAfterMillis == Long.MAX_VALUE ? -1 : retryAfterMillis;
    if (asked < 0 || waitMillis < 0) {
      return Math.max(asked, waitMillis);
    }
    return Math.min(asked, waitMillis);
  }

  private boolean onlyMissing(List<Skipped> skipped) {
    List<Trouble> offering = ofThoseWhoOfferIt();
    boolean nothingElse =
        offering.stream().allMatch(t -> t == Trouble.MISSING_DATA || t == Trouble.PRUNED)
            && skipped.stream().allMatch(one -> isBehindTheBlock(one) || isClosed(one));
    return nothingElse
        && (!offering.isEmpty()
            || emptyCount > 0
            || skipped.stream().anyMatch(Tally::isBehindTheBlock));
  }

  /** Who does not offer the method has no say in what the others lack. */
  private List<Trouble> ofThoseWhoOfferIt() {
    return troubles.stream().filter(trouble -> trouble != Trouble.METHOD_CLOSED).toList();
  }

  private static boolean isBehindTheBlock(Skipped skipped) {
    return skipped.sort() == Skipped.Sort.BEHIND;
  }

  private static boolean isClosed(Skipped skipped) {
    return skipped.sort() == Skipped.Sort.CLOSED;
  }

  private boolean only(Trouble trouble) {
    return emptyCount == 0 && troubles.stream().allMatch(t -> t == trouble);
  }

  private static boolean isUnusable(Trouble trouble) {
    return switch (trouble) {
      case MALFORMED, WRONG_ID, WRONG_ANSWER, RESPONSE_TOO_LARGE, REQUEST_TOO_LARGE -> true;
      default -> false;
    };
  }

  private static Refusal refusal(
      Refusal.Kind kind, String message, String reason, List<Refusal.Attempt> all) {
    return new Refusal(kind, message, reason, -1, all);
  }

  /**
   * The deadline has passed.
   *
   * @param pending who was being asked
   */
  Outcome expire(List<String> pending) {
    if (empty != null && empties != Empties.WRONG && pending.isEmpty()) {
      return empty;
    }
    List<Refusal.Attempt> all = new ArrayList<>(attempts);
    pending.forEach(provider -> all.add(new Refusal.Attempt(provider, Trouble.TIMEOUT.label())));
    return new Outcome.Refused(
        new Refusal(
            Refusal.Kind.TIMEOUT, "no answer before the request's deadline", "deadline", -1, all));
  }
}
