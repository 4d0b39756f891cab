package io.jethproxy.server;

import io.jethproxy.rpc.RawJson;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A response's body as slices in order; they are copied once, onto the wire.
 *
 * @param parts the slices
 * @param length their bytes in all
 */
record Payload(List<RawJson> parts, int length) {

  static final Payload EMPTY = new Payload(List.of(), 0);

  static Payload of(byte[] bytes) {
    return new Payload(List.of(whole(bytes)), bytes.length);
  }

  static Payload of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  static Payload of(byte[] first, RawJson second, byte[] third) {
    return new Payload(
        List.of(whole(first), second, whole(third)), first.length + second.length() + third.length);
  }

  static RawJson whole(byte[] bytes) {
    return new RawJson(bytes, 0, bytes.length);
  }

  void writeTo(ByteBuf out) {
    for (RawJson part : parts) {
      out.writeBytes(part.bytes(), part.from(), part.length());
    }
  }

  byte[] toBytes() {
    byte[] all = new byte[length];
    int at = 0;
    for (RawJson part : parts) {
      System.arraycopy(part.bytes(), part.from(), all, at, part.length());
      at += part.length();
    }
    return all;
  }
}
