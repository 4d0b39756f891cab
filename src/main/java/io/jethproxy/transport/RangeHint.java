package io.jethproxy.transport;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;

/**
 * Reads from a refusal how many blocks the provider would accept in one range.
 *
 * <p>Two forms: a range that would work, {@code [0x0, 0x133e71]} or {@code 100-299}, and a number
 * behind words that name a limit, {@code limited to 0 - 50 blocks}, {@code max is 1k}. The number
 * is read as a count of blocks, the smaller of its meanings. A hint may be wrong: providers have
 * been seen to name ten times what they accept.
 */
final class RangeHint {

  private static final long MAX_BLOCKS = 10_000_000;

  /** How many words may stand between the name of a limit and its number. */
  private static final int REACH = 7;

  private RangeHint() {}

  /** From a refusal of the range itself: a range that would work, or else the limit. */
  static OptionalLong ofRange(ErrorWords text) {
    OptionalLong suggestion = ofResults(text);
    return suggestion.isPresent() ? suggestion : first(text, RangeHint::limit);
  }

  /** From a refusal of the number of results: its numbers are no blocks, save those of a range. */
  static OptionalLong ofResults(ErrorWords text) {
    return first(text, RangeHint::suggested);
  }

  /** Blocks counted inclusively, 1..{@value #MAX_BLOCKS}; empty when no sentence says. */
  private static OptionalLong first(ErrorWords text, ToLongFunction<List<String>> reader) {
    return text.sentences().stream()
        .mapToLong(reader)
        .filter(blocks -> blocks > 0 && blocks <= MAX_BLOCKS)
        .findFirst();
  }

  /** Two numbers side by side behind {@code work}, {@code try} or {@code retry}. */
  private static long suggested(List<String> words) {
    boolean proposed = false;
    for (int i = 0; i + 1 < words.size(); i++) {
      String word = words.get(i);
      proposed |= word.equals("work") || word.equals("try") || word.equals("retry");
      if (proposed && isBlock(word) && isBlock(words.get(i + 1))) {
        long blocks = number(words.get(i + 1)) - number(word) + 1;
        return blocks > 0 ? blocks : 0;
      }
    }
    return 0;
  }

  private static boolean isBlock(String word) {
    return number(word) >= 0 && !word.endsWith("k");
  }

  /** The number behind the last words that name a limit. */
  private static long limit(List<String> words) {
    long found = 0;
    for (int i = 0; i < words.size(); i++) {
      if (namesLimit(words, i)) {
        long blocks = firstNumber(words, i + 1);
        if (blocks > 0) {
          found = blocks;
        }
      }
    }
    return found;
  }

  private static boolean namesLimit(List<String> words, int i) {
    String next = i + 1 < words.size() ? words.get(i + 1) : "";
    return switch (words.get(i)) {
      case "max", "maximum", "most", "within", "exceeds", "exceed", "over" -> true;
      case "limited", "up" -> next.equals("to");
      case "limit" -> !next.equals("the");
      default -> false;
    };
  }

  private static long firstNumber(List<String> words, int from) {
    int end = Math.min(words.size(), from + REACH);
    for (int i = from; i < end; i++) {
      long first = number(words.get(i));
      if (first >= 0) {
        long second = i + 1 < words.size() ? number(words.get(i + 1)) : -1;
        return Math.max(first, second);
      }
    }
    return 0;
  }

  /** A hex quantity, a decimal number or thousands such as {@code 2k}; -1 for any other word. */
  private static long number(String word) {
    try {
      if (word.startsWith("0x")) {
        return word.length() > 2 && word.length() <= 16
            ? Long.parseLong(word, 2, word.length(), 16)
            : -1;
      }
      boolean thousands = word.length() > 1 && word.endsWith("k");
      int end = word.length() - (thousands ? 1 : 0);
      if (end > 12 || !Character.isDigit(word.charAt(0))) {
        return -1;
      }
      return Long.parseLong(word, 0, end, 10) * (thousands ? 1000 : 1);
    } catch (NumberFormatException _) {
      return -1; // a word, not a number
    }
  }
}
