package io.jethproxy.observe;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The secrets that are known, in every form in which they could show up, and the way to take them
 * out of a text.
 *
 * <p>Learned from the configuration at start and on reload, by any one thread at a time; read by
 * all. Secrets are never forgotten: an old key must not show up either.
 */
public final class Secrets {

  /** Shorter ones would blank out ordinary words; they are not learned. */
  public static final int CHARS_MIN = 4;

  /** Learning more forms than these (some ten per secret) is refused. */
  public static final int FORMS_MAX = 100_000;

  static final String MASK = "***";

  private final Set<String> forms = new LinkedHashSet<>();
  private volatile SecretForms known = SecretForms.of(List.of());

  /** Learns each of these, with its encodings; shorter ones than {@link #CHARS_MIN} are ignored. */
  public synchronized void learn(List<String> secrets) {
    Set<String> learned = new LinkedHashSet<>(forms);
    for (String secret : secrets) {
      learned.addAll(SecretForms.credential(secret));
    }
    know(learned);
  }

  /**
   * Learns what is secret in a provider's URL: user, password, query values, a host that has a
   * domain, and the path segments that look like keys.
   */
  public synchronized void learnUrl(String url) {
    UrlPieces pieces = UrlPieces.of(url);
    Set<String> learned = new LinkedHashSet<>(forms);
    for (String credential : pieces.credentials()) {
      learned.addAll(SecretForms.credential(credential));
    }
    for (String host : pieces.hosts()) {
      learned.addAll(SecretForms.name(host));
    }
    know(learned);
  }

  private void know(Set<String> learned) {
    if (learned.size() > FORMS_MAX) {
      throw new IllegalStateException(
          "forms of secrets: " + learned.size() + " (expected: at most " + FORMS_MAX + ")");
    }
    forms.addAll(learned);
    known = SecretForms.of(List.copyOf(learned));
  }

  /** The text with every known secret replaced by {@code ***}; the same object when it has none. */
  public String scrub(String text) {
    return known.mask(text);
  }

  /**
   * As {@link #scrub(String)}, of the first {@code charsMax} characters of a longer text; half a
   * secret at the cut does not survive.
   */
  public String scrub(String text, int charsMax) {
    return text.length() <= charsMax ? scrub(text) : known.maskCut(text.substring(0, charsMax));
  }

  /** As {@link #scrub(String)}, of the begin of a text that goes on: less its end. */
  String scrubHead(String head) {
    return known.maskCut(head);
  }

  /** How many forms are known; says nothing else. */
  @Override
  public String toString() {
    return "Secrets[" + known.count() + " forms]";
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
