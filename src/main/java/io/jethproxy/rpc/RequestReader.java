package io.jethproxy.rpc;

import io.jethproxy.rpc.Incoming.Item;
import java.util.ArrayList;
import java.util.List;

/** Reads what a client sent: one request, or a batch. */
final class RequestReader {

  /** Bounds what one number can cost whoever computes with it later. */
  private static final int NUMBER_BYTES_MAX = 100;

  private final JsonCursor cursor;
  private final Limits limits;

  private RequestReader(JsonCursor cursor, Limits limits) {
    this.cursor = cursor;
    this.limits = limits;
  }

  static Incoming read(byte[] bytes, int from, int to, Limits limits) {
    var cursor = new JsonCursor(bytes, from, to, limits.depthMax(), NUMBER_BYTES_MAX);
    var reader = new RequestReader(cursor, limits);
    Incoming incoming = cursor.first() == '[' ? reader.batch() : new Incoming.One(reader.item());
    // Only now is the whole body known to be JSON: what was made of a part of it may be nonsense.
    return cursor.isComplete()
        ? incoming
        : new Incoming.Unreadable(new Fault(Fault.PARSE_ERROR, cursor.problem()), false);
  }

  private Incoming batch() {
    List<Item> items = new ArrayList<>();
    int count = 0;
    cursor.enterArray();
    while (cursor.nextElement()) {
      count++;
      if (count <= limits.batchItemsMax()) {
        items.add(item());
      } else {
        cursor.skip();
      }
    }
    if (count == 0) {
      return unreadable("batch: no items (expected: at least 1)", false);
    }
    if (count > limits.batchItemsMax()) {
      return unreadable(
          "batch: " + count + " items (expected: at most " + limits.batchItemsMax() + ")", true);
    }
    return new Incoming.Many(items);
  }

  private static Incoming unreadable(String message, boolean tooBig) {
    return new Incoming.Unreadable(new Fault(Fault.INVALID_REQUEST, message), tooBig);
  }

  private Item item() {
    byte first = cursor.first();
    if (first == '{') {
      return new Envelope(cursor, limits).item();
    }
    cursor.skip();
    return Envelope.invalid(
        RawJson.NULL, "request: " + Envelope.kind(first) + " (expected: an object)");
  }
}
