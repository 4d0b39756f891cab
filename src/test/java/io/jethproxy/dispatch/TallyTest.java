package io.jethproxy.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Trouble;
import io.jethproxy.dispatch.Tally.Asked;
import io.jethproxy.dispatch.Tally.Empties;
import io.jethproxy.fleet.Reason;
import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TallyTest {

  private static final Outcome VALUE = new Outcome.Answer(RawJson.of("\"0x1\""), "a", false);
  private static final Set<Trouble> FREE =
      EnumSet.of(
          Trouble.UNREACHABLE,
          Trouble.DNS,
          Trouble.TLS,
          Trouble.CONNECT_TIMEOUT,
          Trouble.BUSY,
          Trouble.METHOD_CLOSED,
          Trouble.RANGE_TOO_LARGE,
          Trouble.RESPONSE_TOO_LARGE,
          Trouble.REQUEST_TOO_LARGE,
          Trouble.MISSING_DATA,
          Trouble.PRUNED,
          Trouble.POLICY);

  /**
   * What the attempts said, in words: a {@link Trouble}'s label, {@code null}, {@code 0x}, {@code
   * value} or {@code revert}; who was not asked and why; and how the call ends.
   */
  @ParameterizedTest(name = "{0}: {1} / {2} -> {3}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          DOUBTED | value                                | -                 | answer value
          DOUBTED | revert                               | -                 | rejected
          DOUBTED | timeout revert                       | -                 | rejected
          DOUBTED | timeout value                        | -                 | answer value
          TRUSTED | null                                 | -                 | answer null
          TRUSTED | 0x                                   | -                 | answer 0x
          DOUBTED | null                                 | -                 | answer null
          DOUBTED | null null                            | -                 | answer null
          DOUBTED | null 0x                              | -                 | answer null
          DOUBTED | null value                           | -                 | answer value
          DOUBTED | null timeout                         | -                 | answer null
          DOUBTED | timeout null timeout                 | ejected           | answer null
          DOUBTED | []                                   | -                 | answer []
          LISTS_DOUBTED | [] []                          | -                 | answer []
          LISTS_DOUBTED | [] value                       | -                 | answer value
          LISTS_DOUBTED | [] timeout                     | ejected           | answer []
          LISTS_DOUBTED | null value                     | -                 | answer value
          WRONG   | null null null                       | -                 | MISSING_DATA missing_data
          WRONG   | null null value                      | -                 | answer value
          WRONG   | null missing_data                    | -                 | MISSING_DATA missing_data
          WRONG   | null                                 | behind            | MISSING_DATA missing_data
          WRONG   | -                                    | behind behind     | MISSING_DATA missing_data
          DOUBTED | -                                    | behind ejected    | NO_PROVIDER no_provider
          WRONG   | null                                 | ejected           | NO_PROVIDER no_provider
          WRONG   | null timeout                         | -                 | NO_PROVIDER no_provider
          DOUBTED | missing_data missing_data            | -                 | MISSING_DATA missing_data
          DOUBTED | missing_data pruned                  | -                 | MISSING_DATA pruned
          DOUBTED | pruned                               | private_only      | MISSING_DATA pruned
          DOUBTED | pruned                               | behind            | MISSING_DATA pruned
          DOUBTED | pruned                               | ejected           | NO_PROVIDER no_provider
          DOUBTED | pruned timeout                       | -                 | NO_PROVIDER no_provider
          DOUBTED | method_closed missing_data           | -                 | MISSING_DATA missing_data
          DOUBTED | method_closed malformed              | -                 | BAD_PROVIDER_ANSWER bad_answer
          DOUBTED | method_closed method_closed          | -                 | METHOD_NOT_FOUND method_not_found
          DOUBTED | method_closed                        | method_closed     | METHOD_NOT_FOUND method_not_found
          DOUBTED | method_closed                        | private_only      | METHOD_NOT_FOUND method_not_found
          DOUBTED | -                                    | method_closed     | METHOD_NOT_FOUND method_not_found
          DOUBTED | -                                    | not_private       | METHOD_NOT_FOUND method_not_found
          DOUBTED | method_closed                        | ejected           | NO_PROVIDER no_provider
          DOUBTED | method_closed                        | retry_budget      | NO_PROVIDER no_provider
          DOUBTED | method_closed timeout                | -                 | NO_PROVIDER no_provider
          DOUBTED | range_too_large                      | ejected           | RANGE_TOO_LARGE range_too_large
          DOUBTED | range_too_large response_too_large   | method_closed     | RANGE_TOO_LARGE range_too_large
          DOUBTED | method_closed range_too_large        | -                 | RANGE_TOO_LARGE range_too_large
          DOUBTED | timeout range_too_large              | -                 | NO_PROVIDER no_provider
          DOUBTED | range_too_large throttled            | -                 | NO_PROVIDER no_provider
          DOUBTED | range_too_large pruned               | -                 | NO_PROVIDER no_provider
          DOUBTED | malformed malformed malformed        | -                 | BAD_PROVIDER_ANSWER bad_answer
          DOUBTED | malformed wrong_id wrong_answer      | -                 | BAD_PROVIDER_ANSWER bad_answer
          DOUBTED | response_too_large malformed         | -                 | BAD_PROVIDER_ANSWER response_too_large
          DOUBTED | malformed timeout                    | -                 | NO_PROVIDER no_provider
          DOUBTED | unreachable unreachable unreachable  | -                 | NO_PROVIDER no_provider
          DOUBTED | -                                    | ejected throttled | NO_PROVIDER no_provider
          """)
  void endsACallByWhatWasSaid(Empties empties, String said, String skipped, String end) {
    Tally tally = new Tally(empties, Asked.ONE_THING);

    Outcome outcome = settle(tally, words(said), words(skipped));

    assertThat(describe(outcome)).isEqualTo(end);
  }

  @ParameterizedTest
  @EnumSource(Trouble.class)
  void anyTroubleAsksAnotherAndThatCostsBudgetOnlyAfterAFailure(Trouble trouble) {
    Tally.Decision decision =
        new Tally(Empties.DOUBTED, Asked.ONE_THING).take(unserved("a", trouble));

    assertThat(decision).isEqualTo(new Tally.Decision.Another(!FREE.contains(trouble)));
  }

  @Test
  void emptyThatCannotBeTrueCostsBudgetAndADoubtedOneDoesNot() {
    Outcome nothing = new Outcome.Answer(RawJson.NULL, "a", false);

    assertThat(new Tally(Empties.WRONG, Asked.ONE_THING).take(nothing))
        .isEqualTo(new Tally.Decision.Another(true));
    assertThat(new Tally(Empties.DOUBTED, Asked.ONE_THING).take(nothing))
        .isEqualTo(new Tally.Decision.Another(false));
  }

  @Test
  void anAnswerThatIsTooLargeForARangeAsksForLess() {
    Tally tally = new Tally(Empties.TRUSTED, Asked.RANGE);
    tally.take(unserved("a", Trouble.RESPONSE_TOO_LARGE));

    assertThat(describe(tally.settle(List.of(), -1))).isEqualTo("RANGE_TOO_LARGE range_too_large");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, expected: fewer blocks or results",
    "50, 0, expected: at most 50 blocks",
    "50, 2000, expected: at most 2000 blocks",
  })
  void namesTheLargestRangeThatAnyProviderWouldTake(long first, long second, String expected) {
    Tally tally = new Tally(Empties.TRUSTED, Asked.RANGE);
    tally.take(tooLarge("a", first));
    tally.take(tooLarge("b", second));

    assertThat(refusal(tally.settle(List.of(), -1)).message()).contains(expected);
  }

  @ParameterizedTest
  @EnumSource(Asked.class)
  void whoLacksABlockOfTheFutureSpeaksForAll(Asked asked) {
    Fault said = new Fault(-32000, "header not found", RawJson.ABSENT);
    Outcome missing =
        new Outcome.Unserved(
            Trouble.MISSING_DATA, "a", -1, false, OptionalLong.empty(), Optional.of(said));

    Tally.Decision decision = new Tally(Empties.TRUSTED, asked).take(missing);

    assertThat(decision)
        .isEqualTo(
            asked == Asked.FUTURE
                ? new Tally.Decision.Finish(new Outcome.Rejected(said, "a"))
                : new Tally.Decision.Another(false));
  }

  private static Outcome tooLarge(String by, long blocks) {
    OptionalLong hint = blocks > 0 ? OptionalLong.of(blocks) : OptionalLong.empty();
    return new Outcome.Unserved(Trouble.RANGE_TOO_LARGE, by, -1, false, hint, Optional.empty());
  }

  @Test
  void namesTheAttemptsInTheOrderOfTheirEndAndThenThoseNotAsked() {
    Tally tally = new Tally(Empties.WRONG, Asked.ONE_THING);
    tally.take(unserved("b", Trouble.TIMEOUT));
    tally.take(new Outcome.Answer(RawJson.NULL, "c", false));

    Refusal refusal = refusal(tally.settle(List.of(Skipped.of("a", Reason.EJECTED)), 700));

    assertThat(refusal.attempts())
        .containsExactly(
            new Refusal.Attempt("b", "timeout"),
            new Refusal.Attempt("c", "empty"),
            new Refusal.Attempt("a", "ejected"));
  }

  @ParameterizedTest(name = "asked to wait {0} and {1}, others in {2} -> {3}")
  @CsvSource({
    "-1, -1, -1, -1",
    "5000, -1, -1, 5000",
    "5000, 3000, -1, 3000",
    "5000, 3000, 400, 400",
    "-1, -1, 400, 400",
    "5000, -1, 9000, 5000",
  })
  void asksForTheShortestWait(long first, long second, long others, long expected) {
    Tally tally = new Tally(Empties.DOUBTED, Asked.ONE_THING);
    tally.take(new Outcome.Unserved(Trouble.THROTTLED, "a", first, false));
    tally.take(new Outcome.Unserved(Trouble.THROTTLED, "b", second, false));

    assertThat(refusal(tally.settle(List.of(), others)).retryAfterMillis()).isEqualTo(expected);
  }

  @Test
  void atTheDeadlineNamesWhoWasStillBeingAsked() {
    Tally tally = new Tally(Empties.DOUBTED, Asked.ONE_THING);
    tally.take(unserved("a", Trouble.INTERNAL));

    Refusal refusal = refusal(tally.expire(List.of("b")));

    assertThat(refusal.kind()).isEqualTo(Refusal.Kind.TIMEOUT);
    assertThat(refusal.attempts())
        .containsExactly(
            new Refusal.Attempt("a", "internal_error"), new Refusal.Attempt("b", "timeout"));
  }

  @Test
  void atTheDeadlineAnEmptyAnswerDoesNotBeatOneThatIsPending() {
    Tally tally = new Tally(Empties.DOUBTED, Asked.ONE_THING);
    tally.take(new Outcome.Answer(RawJson.NULL, "a", false));

    assertThat(refusal(tally.expire(List.of("b"))).kind()).isEqualTo(Refusal.Kind.TIMEOUT);
  }

  // What the words mean.

  private static Outcome settle(Tally tally, List<String> said, List<String> skipped) {
    int provider = 0;
    for (String word : said) {
      Tally.Decision decision = tally.take(outcome("p" + provider++, word));
      if (decision instanceof Tally.Decision.Finish(var outcome)) {
        assertThat(provider).as("attempts until the end").isEqualTo(said.size());
        return outcome;
      }
    }
    List<Skipped> others = new ArrayList<>();
    for (String reason : skipped) {
      others.add(skipped("p" + provider++, reason));
    }
    return tally.settle(others, -1);
  }

  private static Skipped skipped(String provider, String word) {
    if (word.equals("retry_budget")) {
      return Skipped.of(provider, Reason.HEALTHY).forWantOfBudget();
    }
    for (Objection objection : Objection.values()) {
      if (objection.label().equals(word)) {
        return Skipped.of(provider, objection);
      }
    }
    return Skipped.of(provider, Reason.valueOf(word.toUpperCase(Locale.ROOT)));
  }

  private static Outcome outcome(String by, String word) {
    return switch (word) {
      case "value" -> VALUE;
      case "null" -> new Outcome.Answer(RawJson.NULL, by, false);
      case "0x" -> new Outcome.Answer(RawJson.of("\"0x\""), by, false);
      case "[]" -> new Outcome.Answer(RawJson.of("[]"), by, false);
      case "revert" -> new Outcome.Rejected(new Fault(3, "execution reverted"), by);
      default -> unserved(by, trouble(word));
    };
  }

  private static Outcome.Unserved unserved(String by, Trouble trouble) {
    return new Outcome.Unserved(trouble, by);
  }

  private static Trouble trouble(String label) {
    for (Trouble trouble : Trouble.values()) {
      if (trouble.label().equals(label)) {
        return trouble;
      }
    }
    throw new IllegalArgumentException(label);
  }

  private static String describe(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Answer answer when answer.equals(VALUE) -> "answer value";
      case Outcome.Answer answer -> "answer " + answer.result().text().replace("\"", "");
      case Outcome.Rejected _ -> "rejected";
      case Outcome.Refused(var refusal) -> refusal.kind() + " " + refusal.reason();
      case Outcome.Unserved _ -> throw new AssertionError("no end of a call: " + outcome);
    };
  }

  private static Refusal refusal(Outcome outcome) {
    return ((Outcome.Refused) outcome).refusal();
  }

  private static List<String> words(String text) {
    return text == null ? List.of() : List.of(text.split(" "));
  }
}
