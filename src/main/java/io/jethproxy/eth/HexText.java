package io.jethproxy.eth;

import io.jethproxy.rpc.RawJson;

/** Hex text between quotes, in which the case of letters means nothing. */
final class HexText {

  private static final int CASE_BIT = 0x20;

  private HexText() {}

  /** The text in lower case; the same slice, as nearly always, when it is that already. */
  static RawJson lower(RawJson text) {
    for (int i = text.from(); i < text.to(); i++) {
      if (isUpper(text.bytes()[i])) {
        return lowered(text);
      }
    }
    return text;
  }

  /** A copy in lower case, which keeps no more bytes than its own. */
  static RawJson lowered(RawJson text) {
    byte[] bytes = new byte[text.length()];
    for (int i = 0; i < bytes.length; i++) {
      byte each = text.bytes()[text.from() + i];
      bytes[i] = (byte) (isUpper(each) ? each | CASE_BIT : each);
    }
    return new RawJson(bytes, 0, bytes.length);
  }

  private static boolean isUpper(byte c) {
    return c >= 'A' && c <= 'Z';
  }
}
