package io.jethproxy.chain;

import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Hex;
import io.jethproxy.rpc.JsonCursor;
import io.jethproxy.rpc.RawJson;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A block and the one before it, as a provider names them; the names are not checked. */
record Link(long number, Hash hash, Hash parent) {

  /** Reads a block object of JSON-RPC; empty when it is none. */
  static Optional<Link> read(RawJson block) {
    if (block.first() != '{') {
      return Optional.empty();
    }
    long number = -1;
    @Nullable Hash hash = null;
    @Nullable Hash parent = null;
    JsonCursor cursor = JsonCursor.over(block);
    cursor.enterObject();
    while (cursor.nextMember()) {
      if (cursor.nameIs("number")) {
        RawJson value = cursor.value();
        number = Hex.quantity(value.bytes(), value.from() + 1, value.to() - 1);
      } else if (cursor.nameIs("hash")) {
        hash = hash(cursor.value());
      } else if (cursor.nameIs("parentHash")) {
        parent = hash(cursor.value());
      } else {
        cursor.skip();
      }
    }
    return number < 0 || hash == null || parent == null
        ? Optional.empty()
        : Optional.of(new Link(number, hash, parent));
  }

  private static @Nullable Hash hash(RawJson value) {
    return value.first() == '"'
        ? Hash.read(value.bytes(), value.from() + 1, value.to() - 1).orElse(null)
        : null;
  }
}
