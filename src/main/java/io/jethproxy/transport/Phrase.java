package io.jethproxy.transport;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A pattern over the words of one sentence, as written in the rules: {@code block|blocks range ..
 * too large|wide}.
 *
 * <p>Words stand next to each other unless {@code ..} allows any number between them. {@code a|b}
 * is a choice, {@code exceed*} any word that begins so, {@code #} a number; {@code ^} in front and
 * {@code $} behind tie the pattern to the beginning and the end of the whole text. Each run of
 * words is taken at its leftmost place, which suffices because gaps have no length: there is
 * nothing to backtrack over, and the work is linear in the text.
 */
final class Phrase {

  private final List<List<Item>> runs;
  private final boolean fromStart;
  private final boolean toEnd;

  private Phrase(List<List<Item>> runs, boolean fromStart, boolean toEnd) {
    this.runs = runs;
    this.fromStart = fromStart;
    this.toEnd = toEnd;
  }

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException when it could never match or is not in the syntax
   */
  static Phrase of(String source) {
    boolean fromStart = source.startsWith("^ ");
    boolean toEnd = source.endsWith(" $");
    String body = source.substring(fromStart ? 2 : 0, source.length() - (toEnd ? 2 : 0));
    List<List<Item>> runs = new ArrayList<>();
    List<Item> run = new ArrayList<>();
    for (String token : body.split(" ", -1)) {
      if (token.equals("..")) {
        runs.add(List.copyOf(run));
        run = new ArrayList<>();
      } else {
        run.add(Item.of(token, source));
      }
    }
    runs.add(List.copyOf(run));
    if (runs.stream().anyMatch(List::isEmpty)) {
      throw new IllegalArgumentException(
          "phrase \"" + source + "\" (expected: words on both sides of ..)");
    }
    return new Phrase(List.copyOf(runs), fromStart, toEnd);
  }

  boolean matches(ErrorWords text) {
    if (cannotMatch(text.letters())) {
      return false;
    }
    List<List<String>> sentences = text.sentences();
    for (int i = 0; i < sentences.size(); i++) {
      if ((fromStart && i > 0) || (toEnd && i < sentences.size() - 1)) {
        continue;
      }
      if (matches(sentences.get(i))) {
        return true;
      }
    }
    return false;
  }

  private boolean cannotMatch(long letters) {
    for (List<Item> run : runs) {
      for (Item item : run) {
        if ((item.letters & letters) == 0) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean matches(List<String> words) {
    int at = 0;
    for (int i = 0; i < runs.size(); i++) {
      List<Item> run = runs.get(i);
      boolean last = i == runs.size() - 1;
      int found;
      if (i == 0 && fromStart) {
        found = fits(run, words, 0) ? 0 : -1;
      } else if (last && toEnd) {
        int place = words.size() - run.size();
        found = place >= at && fits(run, words, place) ? place : -1;
      } else {
        found = find(run, words, at);
      }
      if (found < 0) {
        return false;
      }
      at = found + run.size();
      if (last && toEnd && at != words.size()) {
        return false;
      }
    }
    return true;
  }

  private static int find(List<Item> run, List<String> words, int from) {
    for (int i = from; i <= words.size() - run.size(); i++) {
      if (fits(run, words, i)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean fits(List<Item> run, List<String> words, int at) {
    if (at + run.size() > words.size()) {
      return false;
    }
    for (int i = 0; i < run.size(); i++) {
      if (!run.get(i).fits(words.get(at + i))) {
        return false;
      }
    }
    return true;
  }

  /**
   * One place in the pattern.
   *
   * @param whole words that fit
   * @param beginnings what words that fit may begin with
   * @param number whether any number fits
   * @param letters the bits of {@link ErrorWords#letterBit} that words which fit can have
   */
  private record Item(Set<String> whole, List<String> beginnings, boolean number, long letters) {

    static Item of(String token, String source) {
      Set<String> whole = new HashSet<>();
      List<String> beginnings = new ArrayList<>();
      boolean number = false;
      long letters = 0;
      for (String choice : token.split("\\|", -1)) {
        if (choice.equals("#")) {
          number = true;
          letters = -1;
        } else if (isWord(choice)) {
          whole.add(choice);
          letters |= ErrorWords.letterBit(choice);
        } else if (choice.endsWith("*") && isWord(choice.substring(0, choice.length() - 1))) {
          String beginning = choice.substring(0, choice.length() - 1);
          beginnings.add(beginning);
          letters |= beginning.length() > 1 ? ErrorWords.letterBit(beginning) : -1;
        } else {
          throw new IllegalArgumentException(
              "phrase \""
                  + source
                  + "\": \""
                  + choice
                  + "\" (expected: lower-case letters and digits, with * at most at the end)");
        }
      }
      return new Item(Set.copyOf(whole), List.copyOf(beginnings), number, letters);
    }

    private static boolean isWord(String text) {
      return !text.isEmpty()
          && text.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
    }

    boolean fits(String word) {
      if (number && Character.isDigit(word.charAt(0))) {
        return true;
      }
      if (whole.contains(word)) {
        return true;
      }
      for (String beginning : beginnings) {
        if (word.startsWith(beginning)) {
          return true;
        }
      }
      return false;
    }
  }
}
