package io.jethproxy.observe;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A fixed set of strings to find in texts, whatever their case and even where single characters are
 * percent-encoded.
 *
 * <p>Each form is filed under a hash of its first four characters (folded to lower case), so a text
 * costs one table look-up per character, and a comparison only where four characters agree. Texts
 * with a {@code %} are read a second time with the percent-encoding undone.
 */
final class SecretForms {

  private static final int GRAM = Secrets.CHARS_MIN;

  /** Longer secrets are filed in pieces of this length. */
  private static final int PIECE_CHARS = 256;

  /** No more is cut off the end of a text that goes on. */
  static final int CUT_CHARS_MAX = 3 * PIECE_CHARS;

  /**
   * The ends of a longer secret are secrets too: programs like to print the first or last eight.
   */
  private static final int END_CHARS = 8;

  private static final int HAS_ENDS_CHARS_MIN = 10;

  /** Each character of the text that is read stands for the one at the same place. */
  private static final int[] AS_IS = {};

  private final char[][] forms;
  private final int[] heads;
  private final int[] next;
  private final int longest;

  private SecretForms(List<String> given) {
    forms = new char[given.size()][];
    heads = new int[Integer.highestOneBit(Math.max(64, given.size())) * 4];
    next = new int[given.size()];
    Arrays.fill(heads, -1);
    int most = 0;
    for (int i = 0; i < forms.length; i++) {
      forms[i] = fold(given.get(i).toCharArray());
      most = Math.max(most, forms[i].length);
      int slot = slot(forms[i], 0);
      next[i] = heads[slot];
      heads[slot] = i;
    }
    longest = most;
  }

  static SecretForms of(List<String> forms) {
    return new SecretForms(forms);
  }

  /** All forms of a key, password or token. */
  static Set<String> credential(String secret) {
    Set<String> forms = name(secret);
    for (String plain : List.of(secret, decoded(secret))) {
      addBase64(plain, forms);
      if (plain.length() >= HAS_ENDS_CHARS_MIN) {
        add(plain.substring(0, END_CHARS), forms);
        add(plain.substring(plain.length() - END_CHARS), forms);
      }
    }
    return forms;
  }

  /** The forms of something that nobody encodes to hide it, such as a host. */
  static Set<String> name(String secret) {
    Set<String> forms = new LinkedHashSet<>();
    for (String plain : List.of(secret, decoded(secret))) {
      add(plain, forms);
      add(URLEncoder.encode(plain, UTF_8), forms);
    }
    return forms;
  }

  private static String decoded(String secret) {
    try {
      return URLDecoder.decode(secret, UTF_8);
    } catch (IllegalArgumentException notEncoded) {
      return secret;
    }
  }

  /**
   * The base64 of the secret alone, and what of it stays the same when it stands anywhere within a
   * longer base64 text: three alignments, less the characters that also hold neighbouring bits.
   */
  private static void addBase64(String secret, Set<String> forms) {
    if (secret.length() < GRAM) {
      return;
    }
    byte[] bytes = Secrets.utf8(secret);
    for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
      add(encoder.withoutPadding().encodeToString(bytes), forms);
      for (int shift = 0; shift < 3; shift++) {
        byte[] shifted = new byte[shift + bytes.length];
        System.arraycopy(bytes, 0, shifted, shift, bytes.length);
        String text = encoder.withoutPadding().encodeToString(shifted);
        int from = (8 * shift + 5) / 6;
        int to = 8 * shifted.length / 6;
        if (to - from >= END_CHARS) {
          add(text.substring(from, to), forms);
        }
      }
    }
  }

  private static void add(String form, Set<String> forms) {
    for (int from = 0; from < form.length(); from += PIECE_CHARS) {
      int to = Math.min(form.length(), from + PIECE_CHARS);
      if (to - from >= GRAM) {
        forms.add(form.substring(from, to));
      }
    }
  }

  int count() {
    return forms.length;
  }

  /** Every form replaced; again, as long as what is left and the masks make one up together. */
  String mask(String text) {
    String masked = text;
    BitSet found = find(masked);
    while (!found.isEmpty()) {
      masked = replaced(masked, found, masked.length()); // at least four become three: it ends
      found = find(masked);
    }
    return masked;
  }

  /** As {@link #mask}, for a text that goes on: what could be the begin of a secret goes, too. */
  String maskCut(String text) {
    return mask(replaced(text, find(text), Math.max(0, text.length() - 3 * longest)));
  }

  private static String replaced(String text, BitSet found, int to) {
    StringBuilder masked = new StringBuilder(to);
    int i = 0;
    while (i < to) {
      int from = found.nextSetBit(i);
      if (from < 0 || from >= to) {
        return masked.append(text, i, to).toString();
      }
      masked.append(text, i, from).append(Secrets.MASK);
      i = found.nextClearBit(from);
    }
    return masked.toString();
  }

  private BitSet find(String text) {
    BitSet found = new BitSet();
    if (forms.length == 0 || text.length() < GRAM) {
      return found;
    }
    char[] folded = fold(text.toCharArray());
    mark(folded, folded.length, AS_IS, found);
    if (text.indexOf('%') >= 0) {
      markDecoded(text, found);
    }
    return found;
  }

  private void markDecoded(String text, BitSet found) {
    char[] decoded = new char[text.length()];
    int[] starts = new int[text.length() + 1];
    int length = 0;
    for (int i = 0; i < text.length(); ) {
      starts[length] = i;
      int value = text.charAt(i) == '%' && i + 2 < text.length() ? hexPair(text, i + 1) : -1;
      decoded[length++] = value < 0 ? text.charAt(i) : (char) value;
      i += value < 0 ? 1 : 3;
    }
    starts[length] = text.length();
    mark(fold(decoded), length, starts, found);
  }

  private void mark(char[] text, int length, int[] starts, BitSet found) {
    for (int i = 0; i + GRAM <= length; i++) {
      for (int form = heads[slot(text, i)]; form >= 0; form = next[form]) {
        int end = i + forms[form].length;
        if (end <= length && Arrays.equals(text, i, end, forms[form], 0, forms[form].length)) {
          boolean same = starts.length == 0;
          found.set(same ? i : starts[i], same ? end : starts[end]);
        }
      }
    }
  }

  private int slot(char[] text, int at) {
    int hash = text[at];
    for (int i = 1; i < GRAM; i++) {
      hash = hash * 0x9E3779B1 + text[at + i];
    }
    return ((hash * 0x9E3779B1) >>> 8) & (heads.length - 1);
  }

  private static int hexPair(String text, int at) {
    int high = Character.digit(text.charAt(at), 16);
    int low = Character.digit(text.charAt(at + 1), 16);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
  }

  private static char[] fold(char[] text) {
    for (int i = 0; i < text.length; i++) {
      text[i] = Character.toLowerCase(Character.toUpperCase(text[i]));
    }
    return text;
  }
}
