package io.jethproxy.subscribe;

import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes the array that a poll answers. */
final class JsonList {

  private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] REMOVED = "\"removed\":true".getBytes(StandardCharsets.US_ASCII);

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

  JsonList() {
    out.write('[');
  }

  /** A value as it is. */
  void add(RawJson value) {
    separate();
    write(value.bytes(), value.from(), value.to());
  }

  /** A string of plain ASCII. */
  void add(String text) {
    separate();
    byte[] bytes = ('"' + text + '"').getBytes(StandardCharsets.US_ASCII);
    write(bytes, 0, bytes.length);
  }

  /** A log that is taken back: the same, but for {@code removed}. */
  void addRemoved(RawJson log) {
    separate();
    byte[] bytes = log.bytes();
    RawJson flag = Slices.member(log, "removed");
    if (flag.isAbsent()) {
      write(bytes, log.from(), log.to() - 1);
      out.write(',');
      write(REMOVED, 0, REMOVED.length);
      out.write('}');
    } else {
      write(bytes, log.from(), flag.from());
      write(TRUE, 0, TRUE.length);
      write(bytes, flag.to(), log.to());
    }
  }

  /** Bytes so far. */
  int length() {
    return out.size();
  }

  /** The array; nothing can be added afterwards. */
  RawJson end() {
    out.write(']');
    byte[] bytes = out.toByteArray();
    return new RawJson(bytes, 0, bytes.length);
  }

  private void separate() {
    if (out.size() > 1) {
      out.write(',');
    }
  }

  private void write(byte[] bytes, int from, int to) {
    out.write(bytes, from, to - from);
  }
}
