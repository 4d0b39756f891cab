package io.jethproxy.observe;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.MethodSpec;
import io.jethproxy.eth.RawTransaction;
import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * What a call asked and what it got, for a log whose reader asked for it: bounded, redacted, and
 * never a raw transaction. Of a large body only the begin is copied and looked at.
 *
 * <p>Public sends show their transaction's hash in place of params; private sends and whatever uses
 * a node's keys show nothing.
 */
final class Bodies {

  /** No body is shown with more characters, plus one that says that it goes on. */
  static final int CHARS_MAX = 1_024;

  /** As much as is looked at of a longer body, so that enough is left of what may be shown. */
  private static final int HEAD_CHARS = CHARS_MAX + Redactor.HEAD_LOSS_CHARS_MAX;

  /** Up to here the redactor looks at all of it. */
  private static final int WHOLE_BYTES_MAX = Redactor.CHARS_MAX;

  private static final String GOES_ON = "…";

  /** As JSON may write any character, and a slash. */
  private static final Pattern ESCAPED = Pattern.compile("\\\\(?:u([0-9a-fA-F]{4})|/)");

  /** Any type and the header of a list of at least 80 bytes: a signed transaction, or like one. */
  private static final Pattern TRANSACTION =
      Pattern.compile("(?i)0x(?:[0-9a-f]{2})?f[89ab][0-9a-f]{160,}+");

  /** Longer than a hash. */
  private static final Pattern LONG_HEX = Pattern.compile("(?i)0x[0-9a-f]{65,}+");

  /**
   * As much of a text as is looked at.
   *
   * @param goesOn whether its end is not to be trusted: half a secret may be there
   */
  private record Head(String text, boolean goesOn) {}

  private final Redactor redactor;

  Bodies(Redactor redactor) {
    this.redactor = redactor;
  }

  LoggingEventBuilder addTo(LoggingEventBuilder line, Concluded concluded) {
    MethodSpec spec = concluded.call().method();
    RawJson params = concluded.call().request().params();
    return switch (spec.effect()) {
      case READ, FILTER, SUBSCRIPTION ->
          isClosed(spec.exposure())
              ? line
              : addAnswer(
                  line.addKeyValue("params_bytes", params.length())
                      .addKeyValue("params", shown(head(params), hiddenIn(spec))),
                  concluded.outcome(),
                  hiddenIn(spec));
      case BROADCAST ->
          addAnswer(
              line.addKeyValue("params_bytes", params.length())
                  .addKeyValue(
                      "transaction", RawTransaction.hashOf(params).map(Hash::toString).orElse("")),
              concluded.outcome(),
              LONG_HEX);
      case PRIVATE_SEND, NODE -> line;
    };
  }

  private static boolean isClosed(MethodSpec.Exposure exposure) {
    return switch (exposure) {
      case OPEN, LOCAL, TRACE -> false;
      case PRIVATE, DENIED -> true;
    };
  }

  /** Methods that take or give raw data say so in their names. */
  private static Pattern hiddenIn(MethodSpec spec) {
    return spec.name().toLowerCase(Locale.ROOT).contains("raw") ? LONG_HEX : TRANSACTION;
  }

  private LoggingEventBuilder addAnswer(LoggingEventBuilder line, Outcome outcome, Pattern hidden) {
    return switch (outcome) {
      case Outcome.Answer answer ->
          line.addKeyValue("answer_bytes", answer.result().length())
              .addKeyValue("result", shown(head(answer.result()), hidden));
      case Outcome.Rejected rejected -> addError(line, rejected.fault(), hidden);
      case Outcome.Unserved unserved -> line.addKeyValue("error", unserved.trouble().label());
      case Outcome.Refused refused -> {
        Refusal refusal = refused.refusal();
        yield addError(line, new Fault(refusal.kind().code(), refusal.message()), hidden);
      }
    };
  }

  private LoggingEventBuilder addError(LoggingEventBuilder line, Fault fault, Pattern hidden) {
    int bytes = Secrets.utf8(fault.message()).length + fault.data().length();
    return line.addKeyValue("answer_bytes", bytes).addKeyValue("error", shown(head(fault), hidden));
  }

  private static Head head(RawJson body) {
    int bytes = Math.min(body.length(), HEAD_CHARS);
    String text = new String(body.bytes(), body.from(), bytes, StandardCharsets.UTF_8);
    return new Head(text, body.length() > WHOLE_BYTES_MAX);
  }

  /** The message, and the data after it. */
  private static Head head(Fault fault) {
    Head data = head(fault.data());
    String message = fault.message();
    String text = message.substring(0, Math.min(message.length(), HEAD_CHARS));
    text += data.text().isEmpty() ? "" : " " + data.text();
    return new Head(
        text.substring(0, Math.min(text.length(), HEAD_CHARS)),
        data.goesOn() || text.length() > WHOLE_BYTES_MAX);
  }

  /** Transactions go before secrets do: a secret that is part of one would hide what it is. */
  private String shown(Head head, Pattern hidden) {
    String text = hidden.matcher(plain(head.text())).replaceAll("0x" + Secrets.MASK);
    String redacted = head.goesOn() ? redactor.redactHead(text) : redactor.redact(text);
    if (redacted.length() > CHARS_MAX) {
      return redacted.substring(0, CHARS_MAX) + GOES_ON;
    }
    return head.goesOn() ? redacted + GOES_ON : redacted;
  }

  /** Without JSON's escapes of single characters, which would hide secrets from their search. */
  private static String plain(String json) {
    Matcher escaped = ESCAPED.matcher(json);
    return escaped.replaceAll(match ->
        match.group(1) == null
            ? "/"
            : Matcher.quoteReplacement(
                Character.toString((char) Integer.parseInt(match.group(1), 16))));
  }
}
