package io.jethproxy.transport;

import io.jethproxy.call.Trouble;
import java.util.List;
import java.util.Set;

/**
 * One row of the rules.
 *
 * @param name names the row in tests and explanations
 * @param when what must hold, all of it
 * @param then what follows
 */
record Rule(String name, When when, Then then) {

  /**
   * Conditions; an empty one always holds.
   *
   * @param codes ranges of JSON-RPC codes, one of which must hold the error's
   * @param statuses ranges of HTTP statuses
   * @param kinds names of groups of methods, one of which must be asked
   * @param notKinds groups of which none may be
   * @param vendors names of vendors
   * @param body what the body must have been
   * @param anyOf phrases of which one must be in the text
   * @param noneOf phrases of which none may be in the text
   */
  record When(
      List<IntRange> codes,
      List<IntRange> statuses,
      Set<String> kinds,
      Set<String> notKinds,
      Set<String> vendors,
      Body body,
      List<Phrase> anyOf,
      List<Phrase> noneOf) {

    boolean holds(Facts facts) {
      return holds(codes, facts.code())
          && holds(statuses, facts.status())
          && body.holds(facts.loose())
          && (kinds.isEmpty() || kinds.stream().anyMatch(facts.kinds()::contains))
          && notKinds.stream().noneMatch(facts.kinds()::contains)
          && (vendors.isEmpty() || vendors.contains(facts.vendor()))
          && (anyOf.isEmpty() || isIn(anyOf, facts.words()))
          && !isIn(noneOf, facts.words());
    }

    private static boolean holds(List<IntRange> ranges, int value) {
      return ranges.isEmpty() || ranges.stream().anyMatch(range -> range.holds(value));
    }

    private static boolean isIn(List<Phrase> phrases, ErrorWords words) {
      for (Phrase phrase : phrases) {
        if (phrase.matches(words)) {
          return true;
        }
      }
      return false;
    }
  }

  /** What kind of body a row is about. */
  enum Body {
    ANY,
    /** A JSON-RPC reply. */
    RPC,
    /** Anything else: a page, plain text, JSON without the envelope. */
    LOOSE;

    boolean holds(boolean loose) {
      return switch (this) {
        case ANY -> true;
        case RPC -> !loose;
        case LOOSE -> loose;
      };
    }
  }

  /** What follows from a row. */
  sealed interface Then {
    /** An answer for the client. */
    record Serve() implements Then {}

    record AlreadyKnown() implements Then {}

    record NonceTooLow() implements Then {}

    /** Another provider is asked. */
    record Elsewhere(Trouble trouble, boolean perMethod) implements Then {}
  }

  /** Both ends belong to it. */
  record IntRange(int from, int to) {
    boolean holds(int value) {
      return value >= from && value <= to;
    }
  }

  /**
   * What is known of an error.
   *
   * @param kinds the groups that the method belongs to
   * @param vendor lower case; empty when unknown
   * @param code the JSON-RPC code; 0 when there is none
   * @param status the HTTP status
   * @param loose whether the body was no JSON-RPC reply
   * @param words message and data, or the beginning of the body
   */
  record Facts(
      Set<String> kinds, String vendor, int code, int status, boolean loose, ErrorWords words) {}

  /** Only a reply in good form can be an answer: plain text is too easily something else. */
  boolean fits(Facts facts) {
    return (!facts.loose() || then instanceof Then.Elsewhere) && when.holds(facts);
  }
}
