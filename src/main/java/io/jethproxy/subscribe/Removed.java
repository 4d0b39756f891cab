package io.jethproxy.subscribe;

import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes a log that is taken back: the same bytes, but for {@code removed}. */
final class Removed {

  private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MEMBER = ",\"removed\":true}".getBytes(StandardCharsets.US_ASCII);

  private Removed() {}

  static RawJson of(RawJson log) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(log.length() + MEMBER.length);
    byte[] bytes = log.bytes();
    RawJson flag = Slices.member(log, "removed");
    if (flag.isAbsent()) {
      write(out, bytes, log.from(), log.to() - 1);
      write(out, MEMBER, 0, MEMBER.length);
    } else {
      write(out, bytes, log.from(), flag.from());
      write(out, TRUE, 0, TRUE.length);
      write(out, bytes, flag.to(), log.to());
    }
    byte[] all = out.toByteArray();
    return new RawJson(all, 0, all.length);
  }

  private static void write(ByteArrayOutputStream out, byte[] bytes, int from, int to) {
    out.write(bytes, from, to - from);
  }
}
