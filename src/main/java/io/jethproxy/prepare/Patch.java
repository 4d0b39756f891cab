package io.jethproxy.prepare;

import io.jethproxy.rpc.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Changes to parts of a JSON value; every byte beside them stays as it came. */
final class Patch {

  private record Edit(int from, int to, String with) {}

  private final RawJson original;
  private final List<Edit> edits = new ArrayList<>(2);

  Patch(RawJson original) {
    this.original = original;
  }

  /** Puts ASCII in the place of a slice of the original. */
  void replace(RawJson slice, String with) {
    edits.add(new Edit(slice.from(), slice.to(), with));
  }

  /** Puts ASCII before the byte at an index of the original's array. */
  void insert(int at, String text) {
    edits.add(new Edit(at, at, text));
  }

  /** The value with all changes; the original itself when there are none. */
  RawJson applied() {
    if (edits.isEmpty()) {
      return original;
    }
    edits.sort(Comparator.comparingInt(Edit::from));
    byte[] patched = new byte[length()];
    int from = original.from();
    int to = 0;
    for (Edit edit : edits) {
      to = copy(original.bytes(), from, edit.from(), patched, to);
      byte[] with = edit.with().getBytes(StandardCharsets.US_ASCII);
      to = copy(with, 0, with.length, patched, to);
      from = edit.to();
    }
    copy(original.bytes(), from, original.to(), patched, to);
    return new RawJson(patched, 0, patched.length);
  }

  private int length() {
    int length = original.length();
    for (Edit edit : edits) {
      length += edit.with().length() - (edit.to() - edit.from());
    }
    return length;
  }

  private static int copy(byte[] source, int from, int to, byte[] target, int at) {
    System.arraycopy(source, from, target, at, to - from);
    return at + to - from;
  }
}
