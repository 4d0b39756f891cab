package io.jethproxy.logs;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Trouble;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What to say of a question that is too large, and how to tell that one was. */
final class Excess {

  /** Why a provider may take a smaller part of the same question. */
  private static final Set<String> LABELS =
      Set.of(
          Trouble.RANGE_TOO_LARGE.label(),
          Trouble.RESPONSE_TOO_LARGE.label(),
          Trouble.EXECUTION_TIMEOUT.label());

  /** Those that are about how much was found. */
  private static final Set<String> MANY =
      Set.of(Trouble.RESPONSE_TOO_LARGE.label(), Trouble.EXECUTION_TIMEOUT.label());

  /** The parts would not be of one chain. */
  static final Outcome MOVED =
      new Outcome.Refused(
          new Refusal(
              Refusal.Kind.MISSING_DATA,
              "the chain was reorganised while its logs were collected",
              Refusal.REORGANISED));

  /** A block is known to have logs that nobody gives. */
  static final Outcome INCOMPLETE =
      new Outcome.Refused(
          new Refusal(
              Refusal.Kind.BAD_PROVIDER_ANSWER,
              "logs are missing that the blocks are known to have",
              "incomplete_logs"));

  private Excess() {}

  /** Whether somebody would perhaps have answered, had less been asked. */
  static boolean isIn(Outcome outcome) {
    return outcome instanceof Outcome.Refused(var refusal)
        && refusal.kind() != Refusal.Kind.TIMEOUT
        && refusal.attempts().stream().anyMatch(attempt -> LABELS.contains(attempt.reason()));
  }

  /** What to say of a part that cannot be cut further. */
  static Outcome indivisible(Outcome refused) {
    return refused instanceof Outcome.Refused(var refusal)
            && refusal.attempts().stream().allMatch(attempt -> MANY.contains(attempt.reason()))
        ? tooLarge(
            "range: one block has more logs than any provider gives at once (expected: fewer"
                + " addresses or topics)")
        : refused;
  }

  static Outcome blocks(long blocks, long blocksMax) {
    return tooLarge(
        "range: "
            + grouped(blocks)
            + " blocks (expected: at most "
            + grouped(blocksMax)
            + ", logs.rangeBlocksMax)");
  }

  /**
   * The range takes more questions than allowed.
   *
   * @param blocksMax that are sure to take no more
   */
  static Outcome parts(long parts, long partsMax, long blocksMax) {
    return tooLarge(
        "range: "
            + grouped(parts)
            + " questions to providers (expected: at most "
            + grouped(partsMax)
            + ", logs.partsMax; about "
            + grouped(blocksMax)
            + " blocks)");
  }

  static Outcome parts(long partsMax) {
    return tooLarge(
        "range: more than "
            + grouped(partsMax)
            + " questions to providers (expected: at most logs.partsMax; ask for fewer blocks,"
            + " addresses or topics)");
  }

  static Outcome bytes(long bytesMax) {
    return tooLarge(
        "range: logs of more than "
            + grouped(bytesMax)
            + " bytes (expected: at most requests.responseBytesMax; ask for fewer blocks)");
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  static Outcome crowded() {
    return new Outcome.Refused(
        new Refusal(
            Refusal.Kind.OVERLOADED,
            "too many large answers at once",
            "overload",
            1_000,
            List.of()));
  }

  private static Outcome tooLarge(String message) {
    return new Outcome.Refused(
        new Refusal(Refusal.Kind.RANGE_TOO_LARGE, message, "range_too_large"));
  }
}
