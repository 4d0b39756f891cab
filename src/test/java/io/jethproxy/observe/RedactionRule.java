package io.jethproxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** What must hold for every secret and every text around it. */
final class RedactionRule {

  private RedactionRule() {}

  static void check(String secret, String before, String after) {
    Secrets secrets = new Secrets();
    secrets.learn(List.of(secret));
    Redactor redactor = new Redactor(secrets);
    if (secret.length() < Secrets.CHARS_MIN) {
      redactor.redact(before + secret + after);
      return;
    }
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    for (String form :
        List.of(
            secret,
            asciiCase(secret, true),
            asciiCase(secret, false),
            URLEncoder.encode(secret, StandardCharsets.UTF_8),
            Base64.getEncoder().encodeToString(bytes),
            Base64.getUrlEncoder().withoutPadding().encodeToString(bytes))) {
      String text = before + form + after;
      assertThat(secrets.scrub(text)).doesNotContain(form);
      assertThat(redactor.redact(text)).doesNotContain(form);
    }
    redactor.redact(before + after);
  }

  private static String asciiCase(String text, boolean upper) {
    boolean ascii = text.chars().allMatch(c -> c < 0x80);
    return !ascii ? text : upper ? text.toUpperCase(Locale.ROOT) : text.toLowerCase(Locale.ROOT);
  }

  /** Of characters that matter to the rules more often than not. */
  static String randomText(Random random, int charsMin, int charsMax) {
    String telling = "aA0*:/@%=&?.-_ \"'\\<>#+eE\u00e9\ud83d\ude00keyKEY";
    int length = charsMin + random.nextInt(charsMax - charsMin + 1);
    StringBuilder text = new StringBuilder();
    while (text.length() < length) {
      text.append(
          random.nextInt(3) == 0
              ? (char) ('!' + random.nextInt(90))
              : telling.charAt(random.nextInt(telling.length())));
    }
    return text.toString();
  }
}
