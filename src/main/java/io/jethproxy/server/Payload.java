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

  /** What of a payload is not on the wire yet. */
  static final class Rest {
    private final Payload payload;
    private int part;
    private int offset;
    private int left;

    Rest(Payload payload) {
      this.payload = payload;
      this.left = payload.length();
    }

    int left() {
      return left;
    }

    /** Writes at most so many bytes. */
    void writeTo(ByteBuf out, int bytesMax) {
      int room = Math.min(bytesMax, left);
      left -= room;
      while (room > 0) {
        RawJson slice = payload.parts().get(part);
        int now = Math.min(room, slice.length() - offset);
        out.writeBytes(slice.bytes(), slice.from() + offset, now);
        room -= now;
        offset += now;
        if (offset == slice.length()) {
          part++;
          offset = 0;
        }
      }
    }
  }
}
