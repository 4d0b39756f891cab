package io.jethproxy.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The text of an error as sentences of plain lower-case words, so that one rule fits all spellings:
 * {@code RATE_LIMIT}, {@code rate-limit} and {@code RateLimit} are the same two words.
 *
 * <p>Names of JSON-RPC methods become the word {@value #METHOD_NAME}: the words inside of them say
 * nothing of the error. Addresses of web pages are dropped for the same reason, and so are commas
 * inside numbers, and apostrophes. Only the first {@value #MAX_CHARS} characters are read.
 */
final class ErrorWords {

  static final int MAX_CHARS = 4096;

  static final String METHOD_NAME = "methodname";

  private final List<List<String>> sentences = new ArrayList<>(2);
  private final long letters;

  private ErrorWords(String text) {
    split(text.length() > MAX_CHARS ? text.substring(0, MAX_CHARS) : text);
    long seen = 0;
    for (List<String> sentence : sentences) {
      for (String word : sentence) {
        seen |= letterBit(word);
      }
    }
    letters = seen;
  }

  static ErrorWords of(String text) {
    return new ErrorWords(text);
  }

  List<List<String>> sentences() {
    return sentences;
  }

  /** One bit for the first two letters of each word: a cheap proof that a word is not there. */
  long letters() {
    return letters;
  }

  boolean isEmpty() {
    return sentences.isEmpty();
  }

  static long letterBit(String word) {
    int second = word.length() > 1 ? word.charAt(1) : 0;
    return 1L << (word.charAt(0) * 31 + second);
  }

  private void split(String text) {
    List<String> sentence = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (text.startsWith("://", i)) {
        word.setLength(0);
        i = endOfAddress(text, i);
      } else if (c == '_' && namesMethod(text, i)) {
        word.setLength(0);
        word.append(METHOD_NAME);
        i = endOfName(text, i);
        end(word, sentence);
      } else if (Character.isLetterOrDigit(c)) {
        if (startsNewWord(word, text, i)) {
          end(word, sentence);
        }
        word.append(c);
      } else if (isInsideNumber(text, i)) {
        if (c == '.') {
          word.append(c);
        }
      } else if (c != '\'' && c != '\u2019') {
        end(word, sentence);
        if (endsSentence(text, i)) {
          end(sentence);
          sentence = new ArrayList<>();
        }
      }
    }
    end(word, sentence);
    end(sentence);
  }

  private static int endOfAddress(String text, int from) {
    int i = from;
    while (i + 1 < text.length() && !Character.isWhitespace(text.charAt(i + 1))) {
      i++;
    }
    return i;
  }

  /** Behind one word of small letters, with a name in camel case or a usual first word. */
  private static boolean namesMethod(String text, int underscore) {
    int from = underscore;
    while (from > 0 && isSmall(text.charAt(from - 1))) {
      from--;
    }
    boolean alone =
        from == 0 || !(Character.isLetter(text.charAt(from - 1)) || text.charAt(from - 1) == '_');
    if (!alone || from == underscore) {
      return false;
    }
    return switch (text.substring(from, underscore)) {
      case "eth", "debug", "trace", "net", "web3", "txpool" -> true;
      default ->
          text.substring(underscore, endOfName(text, underscore) + 1).matches("_[a-z]+[A-Z].*");
    };
  }

  private static int endOfName(String text, int from) {
    int i = from;
    while (i + 1 < text.length()
        && (Character.isLetterOrDigit(text.charAt(i + 1)) || text.charAt(i + 1) == '_')) {
      i++;
    }
    return i;
  }

  private static boolean isSmall(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }

  /** At the hump of a camel, {@code InsufficientFunds} or {@code RLPDecode}; not inside of hex. */
  private static boolean startsNewWord(StringBuilder word, String text, int i) {
    if (word.isEmpty()
        || !Character.isLetter(word.charAt(0))
        || !Character.isUpperCase(text.charAt(i))) {
      return false;
    }
    char before = text.charAt(i - 1);
    return Character.isLowerCase(before)
        || (Character.isUpperCase(before)
            && i + 1 < text.length()
            && Character.isLowerCase(text.charAt(i + 1))
            && !isPluralOfCapitals(text, i + 1));
  }

  /** {@code CUs}, {@code IDs}: one word. */
  private static boolean isPluralOfCapitals(String text, int i) {
    return text.charAt(i) == 's'
        && (i + 1 == text.length() || !Character.isLetter(text.charAt(i + 1)));
  }

  private static boolean isInsideNumber(String text, int i) {
    char c = text.charAt(i);
    return (c == ',' || c == '.')
        && i > 0
        && i + 1 < text.length()
        && Character.isDigit(text.charAt(i - 1))
        && Character.isDigit(text.charAt(i + 1));
  }

  private static boolean endsSentence(String text, int i) {
    char c = text.charAt(i);
    return c == '\n'
        || c == ';'
        || ((c == '.' || c == '!' || c == '?')
            && (i + 1 == text.length() || Character.isWhitespace(text.charAt(i + 1))));
  }

  private static void end(StringBuilder word, List<String> sentence) {
    if (!word.isEmpty()) {
      sentence.add(word.toString().toLowerCase(Locale.ROOT));
      word.setLength(0);
    }
  }

  private void end(List<String> sentence) {
    if (!sentence.isEmpty()) {
      sentences.add(sentence);
    }
  }
}
