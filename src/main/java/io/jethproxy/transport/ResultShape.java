package io.jethproxy.transport;

import io.jethproxy.rpc.RawJson;

/** What kind of JSON a method's result must be: enough to see that an answer is none. */
enum ResultShape {
  /** {@code "0x"} and at least one hex digit; leading zeros are let through. */
  QUANTITY,
  QUANTITY_OR_NULL,
  /** A string that begins with {@code 0x}. */
  HEX,
  OBJECT_OR_NULL,
  ARRAY_OR_NULL,
  ANY;

  boolean fits(RawJson result) {
    return switch (this) {
      case QUANTITY -> isQuantity(result);
      case QUANTITY_OR_NULL -> result.isNull() || isQuantity(result);
      case HEX -> isHex(result);
      case OBJECT_OR_NULL -> result.isNull() || result.first() == '{';
      case ARRAY_OR_NULL -> result.isNull() || result.first() == '[';
      case ANY -> true;
    };
  }

  /** A uint256 with its quotes has at most 68 characters; some pad more. */
  private static boolean isQuantity(RawJson result) {
    if (!isHex(result) || result.length() < 5 || result.length() > 132) {
      return false;
    }
    for (int i = result.from() + 3; i < result.to() - 1; i++) {
      if (Character.digit(result.bytes()[i], 16) < 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isHex(RawJson result) {
    byte[] bytes = result.bytes();
    int from = result.from();
    return result.length() >= 4
        && bytes[from] == '"'
        && bytes[from + 1] == '0'
        && (bytes[from + 2] == 'x' || bytes[from + 2] == 'X');
  }
}
