package io.jethproxy.cache;

import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes params so that equal questions become equal bytes: no white space, the members of objects
 * in order, addresses and hashes in lower case. Nothing else is changed: {@code 0x01} is not {@code
 * 0x1}, {@code [A]} is not {@code [[A]]}, and no number is read.
 *
 * <p>Nodes disagree about an object that has the same name twice, and some do not tell letters
 * apart in names, with their own idea of which letters are the same. So a name that comes twice in
 * any case of letters, or that is not plain ASCII, makes the params uncertain.
 *
 * <p>For valid JSON only. Recursion is as deep as the edge lets JSON be.
 */
final class CanonicalParams {

  private static final int ADDRESS_LENGTH = 42;
  private static final int HASH_LENGTH = 66;

  /** Where a member was written: its name, with quotes, ends before the colon. */
  private record Member(int from, int nameTo, int to) {}

  private final byte[] in;
  private final int from;
  private final byte[] out;
  private int at;
  private boolean certain = true;

  /**
   * @param out has room for as many bytes as the params have
   * @param at where to begin
   */
  CanonicalParams(RawJson params, byte[] out, int at) {
    this.in = params.bytes();
    this.from = params.from();
    this.out = out;
    this.at = at;
  }

  /** The index after what was written; negative when the params are uncertain. */
  int write() {
    value(from);
    return certain ? at : -1;
  }

  /** Writes the value that begins there, and answers where it ends. */
  private int value(int i) {
    return switch (in[i]) {
      case '"' -> string(i);
      case '[' -> array(i);
      case '{' -> object(i);
      default -> literal(i);
    };
  }

  private int array(int start) {
    out[at++] = '[';
    int i = blanksEnd(start + 1);
    while (in[i] != ']') {
      i = blanksEnd(value(i));
      if (in[i] == ',') {
        out[at++] = ',';
        i = blanksEnd(i + 1);
      }
    }
    out[at++] = ']';
    return i + 1;
  }

  private int object(int start) {
    List<Member> members = new ArrayList<>();
    out[at++] = '{';
    int first = at;
    int i = blanksEnd(start + 1);
    while (in[i] != '}') {
      i = blanksEnd(member(i, members));
      if (in[i] == ',') {
        out[at++] = ',';
        i = blanksEnd(i + 1);
      }
    }
    sort(members, first);
    out[at++] = '}';
    return i + 1;
  }

  private int member(int start, List<Member> members) {
    int begin = at;
    int i = string(start);
    int nameTo = at;
    certain &= isPlain(begin + 1, nameTo - 1);
    out[at++] = ':';
    i = value(blanksEnd(blanksEnd(i) + 1));
    members.add(new Member(begin, nameTo, at));
    return i;
  }

  private boolean isPlain(int begin, int end) {
    for (int i = begin; i < end; i++) {
      if (out[i] < ' ' || out[i] == '\\') {
        return false;
      }
    }
    return true;
  }

  /** Puts the members that were written from {@code first} on in the order of their names. */
  private void sort(List<Member> members, int first) {
    boolean sorted = true;
    for (int i = 1; i < members.size(); i++) {
      sorted &= compare(members.get(i - 1), members.get(i)) < 0;
    }
    if (sorted) {
      return;
    }
    members.sort(this::compare);
    byte[] ordered = new byte[at - first];
    int end = 0;
    for (int i = 0; i < members.size(); i++) {
      Member member = members.get(i);
      if (i > 0) {
        certain &= compare(members.get(i - 1), member) != 0;
        ordered[end++] = ',';
      }
      System.arraycopy(out, member.from(), ordered, end, member.to() - member.from());
      end += member.to() - member.from();
    }
    System.arraycopy(ordered, 0, out, first, end);
  }

  /** Compares names without telling letters apart. */
  private int compare(Member one, Member other) {
    int length = Math.min(one.nameTo() - one.from(), other.nameTo() - other.from());
    for (int i = 0; i < length; i++) {
      int difference = lower(out[one.from() + i]) - lower(out[other.from() + i]);
      if (difference != 0) {
        return difference;
      }
    }
    return (one.nameTo() - one.from()) - (other.nameTo() - other.from());
  }

  private int string(int start) {
    int i = start + 1;
    while (in[i] != '"') {
      i += in[i] == '\\' ? 2 : 1;
    }
    int end = i + 1;
    int length = i - start - 1;
    if ((length == ADDRESS_LENGTH || length == HASH_LENGTH) && isHex(start + 1, i)) {
      for (int k = start; k < end; k++) {
        out[at++] = lower(in[k]);
      }
    } else {
      System.arraycopy(in, start, out, at, end - start);
      at += end - start;
    }
    return end;
  }

  private boolean isHex(int begin, int end) {
    if (in[begin] != '0' || in[begin + 1] != 'x') {
      return false;
    }
    for (int i = begin + 2; i < end; i++) {
      byte c = lower(in[i]);
      if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
        return false;
      }
    }
    return true;
  }

  private int literal(int start) {
    int i = start;
    while (in[i] != ',' && in[i] != ']' && in[i] != '}' && !isBlank(in[i])) {
      out[at++] = in[i++];
    }
    return i;
  }

  private int blanksEnd(int start) {
    int i = start;
    while (isBlank(in[i])) {
      i++;
    }
    return i;
  }

  private static boolean isBlank(byte c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
  }

  private static byte lower(byte c) {
    return c >= 'A' && c <= 'Z' ? (byte) (c + ('a' - 'A')) : c;
  }
}
