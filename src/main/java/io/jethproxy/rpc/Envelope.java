package io.jethproxy.rpc;

import io.jethproxy.rpc.Incoming.Item;

/** Reads one request object of a client and judges it: JSON-RPC 2.0, to the letter. */
final class Envelope {

  private static final int NAME_BYTES_MAX = 256;

  /** {@code "2.0"} in quotes, with each character escaped. */
  private static final int VERSION_BYTES_MAX = 20;

  private final JsonCursor cursor;
  private final Limits limits;
  private RawJson id = RawJson.ABSENT;
  private RawJson version = RawJson.ABSENT;
  private RawJson method = RawJson.ABSENT;
  private RawJson params = RawJson.ABSENT;
  private int paramsCount;
  private boolean idTwice;

  /** What is wrong with the names of members; empty while nothing is. */
  private String nameFlaw = "";

  Envelope(JsonCursor cursor, Limits limits) {
    this.cursor = cursor;
    this.limits = limits;
  }

  /** The request at the cursor; meaningless when the cursor has failed. */
  Item item() {
    readMembers();
    if (cursor.failed()) {
      return invalid(RawJson.NULL, cursor.problem());
    }
    String idFlaw = idFlaw();
    if (!idFlaw.isEmpty()) {
      return invalid(RawJson.NULL, idFlaw);
    }
    String flaw = flaw();
    if (!flaw.isEmpty()) {
      return invalid(id.isAbsent() ? RawJson.NULL : id, flaw);
    }
    RawJson given = params.isNull() ? RawJson.ABSENT : params;
    return new Item.Valid(new Request(id, JsonText.unquote(method), given));
  }

  private void readMembers() {
    cursor.enterObject();
    while (cursor.nextMember()) {
      if (cursor.nameIs("jsonrpc")) {
        version = once(version, "jsonrpc");
      } else if (cursor.nameIs("id")) {
        idTwice |= !id.isAbsent();
        id = cursor.value();
      } else if (cursor.nameIs("method")) {
        method = once(method, "method");
      } else if (cursor.nameIs("params")) {
        readParams();
      } else {
        if (cursor.nameBytes() > NAME_BYTES_MAX) {
          nameFlaw = tooLong("name of a member", cursor.nameBytes(), NAME_BYTES_MAX);
        }
        cursor.skip();
      }
    }
  }

  private void readParams() {
    if (params.isAbsent() && cursor.first() == '[') {
      params = cursor.array();
      paramsCount = cursor.elements();
    } else {
      params = once(params, "params");
    }
  }

  private RawJson once(RawJson earlier, String name) {
    if (!earlier.isAbsent()) {
      nameFlaw = name + ": given twice (expected: once)";
    }
    return cursor.value();
  }

  private String idFlaw() {
    if (idTwice) {
      return "id: given twice (expected: once)";
    }
    return switch (id.first()) {
      case 't', 'f', '[', '{' ->
          "id: " + kind(id.first()) + " (expected: a string, a number or null)";
      default -> {
        int length = contentBytes(id);
        yield length > limits.idBytesMax() ? tooLong("id", length, limits.idBytesMax()) : "";
      }
    };
  }

  private String flaw() {
    if (!nameFlaw.isEmpty()) {
      return nameFlaw;
    }
    if (!isVersion2()) {
      String what = version.first() == '"' ? "another string" : kind(version.first());
      return "jsonrpc: " + what + " (expected: \"2.0\")";
    }
    if (method.first() != '"') {
      return "method: " + kind(method.first()) + " (expected: a string)";
    }
    if (contentBytes(method) > limits.methodBytesMax()) {
      return tooLong("method", contentBytes(method), limits.methodBytesMax());
    }
    if (paramsCount > limits.paramsMax()) {
      return "params: " + paramsCount + " (expected: at most " + limits.paramsMax() + ")";
    }
    return switch (params.first()) {
      case 0, '[', '{', 'n' -> "";
      default -> "params: " + kind(params.first()) + " (expected: an array or an object)";
    };
  }

  private boolean isVersion2() {
    return version.is("\"2.0\"")
        || (version.first() == '"'
            && version.length() <= VERSION_BYTES_MAX
            && JsonText.unquote(version).equals("2.0"));
  }

  /** The length without the quotes of a string. */
  private static int contentBytes(RawJson value) {
    return value.first() == '"' ? value.length() - 2 : value.length();
  }

  private static String tooLong(String what, int length, int lengthMax) {
    return what + ": " + length + " bytes (expected: at most " + lengthMax + ")";
  }

  /** What kind of value begins with this byte, in words. */
  static String kind(byte first) {
    return switch (first) {
      case 0 -> "missing";
      case '"' -> "a string";
      case '{' -> "an object";
      case '[' -> "an array";
      case 't', 'f' -> "a boolean";
      case 'n' -> "null";
      default -> "a number";
    };
  }

  static Item invalid(RawJson id, String message) {
    return new Item.Invalid(id, new Fault(Fault.INVALID_REQUEST, message));
  }
}
