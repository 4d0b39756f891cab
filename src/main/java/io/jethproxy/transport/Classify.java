package io.jethproxy.transport;

import io.jethproxy.call.Trouble;
import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Received;
import io.jethproxy.rpc.Reply;
import io.jethproxy.rpc.Result;
import io.jethproxy.rpc.Wire;
import io.jethproxy.transport.Rule.Facts;
import io.jethproxy.transport.Rule.Then;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Says what a provider's answer means: something for the client, or a reason to ask another one.
 *
 * <p>The knowledge is in {@link ErrorRules}. What the chain says (a revert, a nonce, funds) comes
 * first, since contracts choose their own words and must not be able to make a provider look
 * throttled; the HTTP status comes last. An error that nobody has seen before is an answer, unless
 * its code or status says that the provider itself is at fault. For use by all loops.
 */
public final class Classify {

  private final ErrorRules rules;
  private final MethodTraits.Seen methods;

  private Classify(ErrorRules rules) {
    this.rules = rules;
    this.methods = new MethodTraits.Seen(rules);
  }

  /**
   * Reads the rules of the application.
   *
   * @throws IllegalArgumentException when the rules are not in order
   */
  public static Classify load() {
    return new Classify(ErrorRules.load());
  }

  /** What a whole HTTP response to one request means. */
  public Verdict of(Question question, HttpReply http) {
    return switch (Wire.readReply(http.bytes(), http.from(), http.to(), question.id())) {
      case Received.Replied(Reply reply) ->
          of(question, http.status(), reply, http.retryAfterMillis());
      case Received.Misaddressed(Fault fault, boolean idIsNull) ->
          idIsNull ? ofUnaddressed(question, http, fault) : ofMisaddressed(question, http, fault);
      case Received.Misaddressed _ -> new Verdict.Elsewhere(Trouble.WRONG_ID);
      case Received.Malformed _ -> ofUnreadable(question, http);
    };
  }

  /**
   * What a reply that was read already means.
   *
   * @param httpStatus the HTTP status; 200 for other carriers
   * @param retryAfterMillis the wait that {@code Retry-After} asks for; negative when there is none
   */
  public Verdict of(Question question, int httpStatus, Reply reply, long retryAfterMillis) {
    return switch (reply) {
      case Result result ->
          isSuccess(httpStatus)
              ? ofResult(question, result)
              : decide(
                  facts(question, httpStatus, ErrorText.NONE), Optional.empty(), retryAfterMillis);
      case Fault fault ->
          decide(facts(question, httpStatus, fault), Optional.of(fault), retryAfterMillis);
    };
  }

  /** Partial and reset content (205, 206) is no answer to what we ask. */
  private static boolean isSuccess(int httpStatus) {
    return httpStatus >= 200 && httpStatus <= 203;
  }

  private Verdict ofResult(Question question, Result result) {
    MethodTraits traits = methods.of(question.method());
    RawJson value = result.value();
    Optional<Fault> revert = traits.executes() ? RevertedResult.in(value) : Optional.empty();
    if (revert.isPresent()) {
      return new Verdict.Serve(revert.get());
    }
    if (!traits.shape().fits(value)) {
      return new Verdict.Elsewhere(Trouble.WRONG_ANSWER);
    }
    return traits.traces() && InnerTimeout.isIn(value)
        ? new Verdict.Elsewhere(Trouble.EXECUTION_TIMEOUT)
        : new Verdict.Serve(result);
  }

  /** Servers that fail before they have read the id send null or none. */
  private Verdict ofUnaddressed(Question question, HttpReply http, Fault fault) {
    return fault.code() == 0
        ? ofLoose(question, http, fault)
        : of(question, http.status(), fault, http.retryAfterMillis());
  }

  /** Another's error may tell how the provider is, but is never given to a client. */
  private Verdict ofMisaddressed(Question question, HttpReply http, Fault fault) {
    return of(question, http.status(), fault, http.retryAfterMillis())
            instanceof Verdict.Elsewhere told
        ? told
        : new Verdict.Elsewhere(Trouble.WRONG_ID);
  }

  private Verdict ofUnreadable(Question question, HttpReply http) {
    if (http.challenged()) {
      return new Verdict.Elsewhere(Trouble.AUTH);
    }
    Optional<Fault> fault = Wire.readLoose(http.bytes(), http.from(), http.to());
    if (fault.isPresent()) {
      return ofLoose(question, http, fault.get());
    }
    ErrorWords words = ErrorText.of(http.bytes(), http.from(), http.to());
    return decide(facts(question, http.status(), words), Optional.empty(), http.retryAfterMillis());
  }

  private Verdict ofLoose(Question question, HttpReply http, Fault fault) {
    Facts facts = facts(question, http.status(), fault.code(), true, ErrorText.of(fault));
    return decide(facts, Optional.of(fault), http.retryAfterMillis());
  }

  private Verdict decide(Facts facts, Optional<Fault> fault, long retryAfterMillis) {
    Rule rule = rules.firstThatFits(facts);
    return switch (rule.then()) {
      case Then.Serve _ -> new Verdict.Serve(fault.orElseThrow());
      case Then.AlreadyKnown _ -> new Verdict.AlreadyKnown(fault.orElseThrow());
      case Then.NonceTooLow _ -> new Verdict.NonceTooLow(fault.orElseThrow());
      case Then.Elsewhere(Trouble trouble, boolean perMethod) ->
          new Verdict.Elsewhere(
              trouble,
              fault,
              waitMillis(retryAfterMillis, facts.words()),
              perMethod,
              hint(trouble, facts.words()),
              rule.name());
    };
  }

  private static long waitMillis(long retryAfterMillis, ErrorWords words) {
    return retryAfterMillis == Waits.UNKNOWN ? Waits.ofWords(words) : retryAfterMillis;
  }

  private static OptionalLong hint(Trouble trouble, ErrorWords words) {
    return switch (trouble) {
      case RANGE_TOO_LARGE -> RangeHint.ofRange(words);
      case RESPONSE_TOO_LARGE -> RangeHint.ofResults(words);
      default -> OptionalLong.empty();
    };
  }

  /** What the rules are asked about a fault in a JSON-RPC reply. */
  Facts facts(Question question, int httpStatus, Fault fault) {
    return facts(question, httpStatus, fault.code(), false, ErrorText.of(fault));
  }

  private Facts facts(Question question, int httpStatus, ErrorWords body) {
    return facts(question, httpStatus, 0, true, body);
  }

  private Facts facts(
      Question question, int httpStatus, int code, boolean loose, ErrorWords words) {
    return new Facts(
        methods.of(question.method()).kinds(),
        question.vendor().toLowerCase(Locale.ROOT),
        code,
        httpStatus,
        loose,
        words);
  }
}
