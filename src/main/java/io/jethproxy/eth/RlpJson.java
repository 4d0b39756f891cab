package io.jethproxy.eth;

import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The RLP of values of JSON-RPC; empty for those that are not as expected. */
final class RlpJson {

  private RlpJson() {}

  /**
   * One member of an object that is encoded as a list.
   *
   * @param key of the member
   * @param encode its value to an RLP item
   */
  record Part(String key, Function<RawJson, Optional<byte[]>> encode) {}

  /** A number of any size. */
  static Optional<byte[]> number(RawJson value) {
    RawJson text = Slices.content(value);
    return Hex.number(text.bytes(), text.from(), text.to()).map(Rlp::string);
  }

  /** An array. */
  static Optional<byte[]> list(RawJson array, Function<RawJson, Optional<byte[]>> encode) {
    if (array.first() != '[') {
      return Optional.empty();
    }
    List<byte[]> items = new ArrayList<>();
    for (RawJson each : Slices.elements(array)) {
      Optional<byte[]> item = encode.apply(each);
      if (item.isEmpty()) {
        return Optional.empty();
      }
      items.add(item.get());
    }
    return Optional.of(Rlp.list(items));
  }

  /** An object with these members, in this order. */
  static Optional<byte[]> struct(RawJson object, List<Part> parts) {
    if (object.first() != '{') {
      return Optional.empty();
    }
    RawJson[] values = new RawJson[parts.size()];
    java.util.Arrays.fill(values, RawJson.ABSENT);
    Slices.members(
        object,
        (key, value) -> {
          for (int i = 0; i < values.length; i++) {
            if (key.is(parts.get(i).key())) {
              values[i] = value;
            }
          }
        });
    List<byte[]> items = new ArrayList<>(values.length);
    for (int i = 0; i < values.length; i++) {
      Optional<byte[]> item = parts.get(i).encode().apply(values[i]);
      if (item.isEmpty()) {
        return Optional.empty();
      }
      items.add(item.get());
    }
    return Optional.of(Rlp.list(items));
  }
}
