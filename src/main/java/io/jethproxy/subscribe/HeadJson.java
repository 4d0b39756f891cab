package io.jethproxy.subscribe;

import io.jethproxy.chain.Block;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import java.io.ByteArrayOutputStream;
import java.util.Set;

/**
 * Writes the header of a block as geth tells it to those who listen for new heads: the members of
 * the block object as a provider gave them, without those that are not of the header.
 */
final class HeadJson {

  private static final Set<RawJson> NOT_OF_THE_HEADER =
      Set.of(
          RawJson.of("transactions"),
          RawJson.of("uncles"),
          RawJson.of("withdrawals"),
          RawJson.of("size"),
          RawJson.of("totalDifficulty"));

  private HeadJson() {}

  static RawJson of(Block block) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(2_048);
    out.write('{');
    Slices.members(
        block.json(),
        (key, value) -> {
          if (!NOT_OF_THE_HEADER.contains(key)) {
            if (out.size() > 1) {
              out.write(',');
            }
            out.write('"');
            write(out, key);
            out.write('"');
            out.write(':');
            write(out, value);
          }
        });
    out.write('}');
    byte[] bytes = out.toByteArray();
    return new RawJson(bytes, 0, bytes.length);
  }

  private static void write(ByteArrayOutputStream out, RawJson text) {
    out.write(text.bytes(), text.from(), text.length());
  }
}
