package io.jethproxy.subscribe;

import io.jethproxy.rpc.RawJson;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes the array that a poll answers. */
final class JsonList {

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
