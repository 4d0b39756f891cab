package io.jethproxy.observe;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Makes text from outside (a provider's error, an exception's message) fit to be logged or shown:
 * bounded, and without known secrets and whatever else looks like one. Rather too much is taken out
 * than too little. For the slow path: some microseconds per text.
 */
public final class Redactor {

  /** No redacted text is longer. */
  public static final int CHARS_MAX = 2_048;

  /** Longer than what a rule has to see to its end to know it: {@code user:password@}. */
  private static final int UNFINISHED_CHARS_MAX = 512;

  /** What {@link #redactHead} takes from the end, at most. */
  static final int HEAD_LOSS_CHARS_MAX = SecretForms.CUT_CHARS_MAX + UNFINISHED_CHARS_MAX;

  /**
   * What to look for.
   *
   * @param needed a text without it cannot match; empty when there is no such
   */
  private record Rule(Pattern pattern, String needed, String replacement) {
    Rule(String regex, String replacement) {
      this(Pattern.compile(regex), "", replacement);
    }

    String apply(String text) {
      return text.contains(needed) ? pattern.matcher(text).replaceAll(replacement) : text;
    }
  }

  /** In this order: a URL as a whole goes before its pieces are looked at. */
  private static final List<Rule> RULES =
      List.of(
          // https://…, also https:\/\/… and https%3A%2F%2F…
          new Rule(
              "(?i)\\b([a-z][a-z0-9+.-]{1,15}+)(?::|%3a)(?:/|\\\\/|%2f){2}[^\\s\"<>]*+",
              "$1://***"),
          new Rule(Pattern.compile("[^\\s:/@\"'<>]{1,128}+:[^\\s@\"<>]{1,256}@"), "@", "***@"),
          new Rule("(?i)\\b(authorization(?:\\\\?[\"'])?\\s{0,4}[:=])[^\\r\\n,]*+", "$1 ***"),
          new Rule("(?i)\\b(bearer)\\s+[^\\s\"',]++", "$1 ***"),
          new Rule("(?i)\\b(basic)\\s+(?=[a-z]*+[0-9+/=])[^\\s\"',]++", "$1 ***"),
          // key=…, "apiKey": "…", X-Auth-Token: …
          new Rule(
              "(?i)((?:key|token|secret|password|passwd|pwd|auth|authorization|signature|jwt"
                  + "|credential)s?(?:\\\\?[\"'])?\\s{0,4}(?:=|:|%3d)\\s{0,4})"
                  + "(?:\\\\?\"[^\"]*+\"?|'[^']*+'?|[^\\s&\"',;<>}]++)",
              "$1***"),
          // JSON web tokens
          new Rule("\\beyJ[\\w-]{6,}+(?:\\.[\\w-]*+){0,2}", "***"),
          // UUIDs, and hexadecimal without 0x: hashes and addresses stay
          new Rule("(?i)(?<![0-9a-f])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", "***"),
          new Rule("(?i)(?<!0x)(?<![0-9a-f])[0-9a-f]{32,}+", "***"));

  private final Secrets secrets;

  public Redactor(Secrets secrets) {
    this.secrets = secrets;
  }

  public String redact(String outside) {
    String text = ruled(secrets.scrub(outside, CHARS_MAX));
    return text.length() <= CHARS_MAX ? text : text.substring(0, CHARS_MAX);
  }

  /**
   * The begin of a text that goes on, less what could be the begin of something to hide: at most
   * {@link #HEAD_LOSS_CHARS_MAX} characters, more where much was taken out.
   */
  String redactHead(String head) {
    String text = ruled(secrets.scrubHead(head));
    return text.substring(0, Math.max(0, text.length() - UNFINISHED_CHARS_MAX));
  }

  private String ruled(String scrubbed) {
    String text = scrubbed;
    for (Rule rule : RULES) {
      text = rule.apply(text);
    }
    return secrets.scrub(text); // a rule may have brought two halves together
  }

  /** The exception's class and its redacted message, without causes. */
  public String redact(Throwable thrown) {
    String message = thrown.getMessage();
    String kind = thrown.getClass().getSimpleName();
    return message == null ? kind : kind + ": " + redact(message);
  }
}
