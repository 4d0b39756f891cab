package io.jethproxy.transport;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** Reads how long a provider asks to be left alone, from its header or from its words. */
public final class Waits {

  /** No provider is believed for longer: it may be a typing error, and it may recover sooner. */
  public static final long MAX_MILLIS = Duration.ofMinutes(5).toMillis();

  /** No wait was asked for. */
  public static final long UNKNOWN = -1;

  private Waits() {}

  /**
   * The wait in a {@code Retry-After} header: seconds, or an HTTP date. Of a date it is the time
   * since the provider's own {@code Date}, so that no clock here counts, right or wrong.
   *
   * @param date the {@code Date} header of the same response; empty when there was none
   * @return 1..{@link #MAX_MILLIS}; {@link #UNKNOWN} when absent, not in the future or nonsense
   */
  public static long ofHeader(String retryAfter, String date) {
    String text = retryAfter.strip();
    if (text.isEmpty() || text.length() > 64) {
      return UNKNOWN;
    }
    if (isDigits(text)) {
      return text.length() > 9 ? MAX_MILLIS : bounded(Long.parseLong(text) * 1000);
    }
    return date.length() > 64 ? UNKNOWN : between(date.strip(), text);
  }

  private static long between(String date, String until) {
    try {
      return bounded(Duration.between(instant(date), instant(until)).toMillis());
    } catch (DateTimeException _) {
      return UNKNOWN; // nonsense is no wish
    }
  }

  private static Instant instant(String httpDate) {
    return ZonedDateTime.parse(httpDate, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
  }

  /**
   * The wait in a text, such as {@code retry in 10m0s}, {@code try again in 30 seconds} or {@code
   * "backoff_seconds": 30}; the longest when there are several.
   *
   * @return 1..{@link #MAX_MILLIS}; {@link #UNKNOWN} when the text says nothing of it
   */
  static long ofWords(ErrorWords text) {
    long longest = UNKNOWN;
    for (List<String> words : text.sentences()) {
      for (int i = 0; i + 1 < words.size(); i++) {
        if (introducesWait(words, i)) {
          longest = Math.max(longest, bounded(millisAt(words, i + 1)));
        }
      }
    }
    return longest;
  }

  private static boolean introducesWait(List<String> words, int i) {
    String before = i > 0 ? words.get(i - 1) : "";
    return switch (words.get(i)) {
      case "in" -> before.equals("retry") || before.equals("again") || before.startsWith("reset");
      case "after" -> before.equals("retry") || before.equals("again");
      case "for" -> before.equals("wait");
      case "seconds" -> before.equals("backoff") || before.equals("after");
      case "wait" -> true;
      default -> false;
    };
  }

  /** A duration that begins at word {@code i}, in milliseconds; 0 when there is none. */
  private static long millisAt(List<String> words, int i) {
    String word = words.get(i);
    int digits = leadingNumber(word);
    if (digits == 0 || digits > 9) {
      return 0;
    }
    if (digits < word.length()) {
      return compound(word);
    }
    String unit = i + 1 < words.size() ? words.get(i + 1) : "";
    long scale = isUnit(unit) ? millisOf(unit) : 1000;
    return Math.round(Double.parseDouble(word) * scale);
  }

  /** {@code 10m0s}, {@code 30s}, {@code 500ms}; 0 when a part has no unit. */
  private static long compound(String word) {
    long millis = 0;
    String rest = word;
    while (!rest.isEmpty()) {
      int digits = leadingNumber(rest);
      int end = digits;
      while (end < rest.length() && Character.isLetter(rest.charAt(end))) {
        end++;
      }
      String unit = rest.substring(digits, end);
      if (digits == 0 || digits > 9 || !isUnit(unit)) {
        return 0;
      }
      millis += Math.round(Double.parseDouble(rest.substring(0, digits)) * millisOf(unit));
      rest = rest.substring(end);
    }
    return millis;
  }

  private static int leadingNumber(String word) {
    int i = 0;
    boolean point = false;
    while (i < word.length() && (isDigit(word.charAt(i)) || (!point && word.charAt(i) == '.'))) {
      point |= word.charAt(i) == '.';
      i++;
    }
    return i;
  }

  private static boolean isUnit(String unit) {
    return millisOf(unit) > 0;
  }

  private static long millisOf(String unit) {
    return switch (unit) {
      case "ms", "msec", "millis", "millisecond", "milliseconds" -> 1;
      case "s", "sec", "secs", "second", "seconds" -> 1000;
      case "m", "min", "mins", "minute", "minutes" -> 60_000;
      case "h", "hr", "hour", "hours" -> 3_600_000;
      case "d", "day", "days" -> 86_400_000;
      default -> 0;
    };
  }

  private static boolean isDigits(String text) {
    return text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static long bounded(long millis) {
    return millis <= 0 ? UNKNOWN : Math.min(millis, MAX_MILLIS);
  }
}
