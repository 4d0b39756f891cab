package io.jethproxy.eth;

import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the consensus layer pays out in a block, since Shanghai. */
public final class Withdrawal {

  private static final int ADDRESS_BYTES = 20;

  private static final List<RlpJson.Part> PARTS =
      List.of(
          new RlpJson.Part("index", RlpJson::number),
          new RlpJson.Part("validatorIndex", RlpJson::number),
          new RlpJson.Part("address", Withdrawal::address),
          new RlpJson.Part("amount", RlpJson::number));

  private Withdrawal() {}

  /**
   * The root over the withdrawals of a block in order; empty when they are not as expected.
   *
   * @param withdrawals valid JSON
   */
  public static Optional<Hash> rootOf(RawJson withdrawals) {
    if (withdrawals.first() != '[') {
      return Optional.empty();
    }
    List<byte[]> encoded = new ArrayList<>();
    for (RawJson each : Slices.elements(withdrawals)) {
      Optional<byte[]> item = RlpJson.struct(each, PARTS);
      if (item.isEmpty()) {
        return Optional.empty();
      }
      encoded.add(item.get());
    }
    return Optional.of(Trie.rootOf(encoded));
  }

  private static Optional<byte[]> address(RawJson value) {
    return Slices.data(value).filter(bytes -> bytes.length == ADDRESS_BYTES).map(Rlp::string);
  }
}
