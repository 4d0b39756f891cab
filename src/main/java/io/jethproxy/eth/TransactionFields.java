package io.jethproxy.eth;

import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The members of one transaction object of JSON-RPC that its encoding is made of. */
final class TransactionFields implements Slices.Members {

  private static final Map<RawJson, TransactionField> FIELDS = fieldsByKey();

  private final Map<TransactionField, RawJson> values = new EnumMap<>(TransactionField.class);
  private RawJson type = RawJson.ABSENT;

  @Override
  public void see(RawJson key, RawJson value) {
    TransactionField field = FIELDS.get(key);
    if (field != null) {
      values.put(field, value.isNull() ? RawJson.ABSENT : value);
    } else if (key.is("type")) {
      type = value;
    }
  }

  /** Before the next transaction. */
  void clear() {
    values.clear();
    type = RawJson.ABSENT;
  }

  /** Empty when the type is not known here, or a field is missing or not as expected. */
  Optional<byte[]> encoded() {
    long number = type.isAbsent() ? 0 : Slices.quantity(type);
    List<TransactionField> layout = TransactionField.layout(number);
    if (layout.isEmpty() || (type.isAbsent() && isNewer())) {
      return Optional.empty();
    }
    List<byte[]> items = new ArrayList<>(layout.size());
    for (TransactionField field : layout) {
      Optional<byte[]> item = field.encode(value(field));
      if (item.isEmpty()) {
        return Optional.empty();
      }
      items.add(item.get());
    }
    byte[] body = Rlp.list(items);
    return Optional.of(number == 0 ? body : Rlp.typed((int) number, body));
  }

  /** Some show the parity of newer signatures only under the older name. */
  private RawJson value(TransactionField field) {
    RawJson value = values.getOrDefault(field, RawJson.ABSENT);
    return field == TransactionField.Y_PARITY && value.isAbsent()
        ? values.getOrDefault(TransactionField.V, RawJson.ABSENT)
        : value;
  }

  /** Whether it has what only typed transactions have, so that a missing type is no type 0. */
  private boolean isNewer() {
    return values.containsKey(TransactionField.ACCESS_LIST)
        || values.containsKey(TransactionField.MAX_FEE)
        || values.containsKey(TransactionField.SOURCE_HASH);
  }

  private static Map<RawJson, TransactionField> fieldsByKey() {
    Map<RawJson, TransactionField> fields = new HashMap<>();
    for (TransactionField field : TransactionField.values()) {
      fields.put(RawJson.of(field.key()), field);
    }
    return Map.copyOf(fields);
  }
}
