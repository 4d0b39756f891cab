package io.jethproxy.transport;

import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Finds the revert in a result that some old nodes send with success: the bytes of {@code
 * Error(string)} or {@code Panic(uint256)} where return data should be.
 *
 * <p>Return data is a multiple of 32 bytes long, revert data has four more: so a value that merely
 * begins like one is left alone.
 */
final class RevertedResult {

  private static final String ERROR_STRING = "\"0x08c379a0";
  private static final String PANIC = "\"0x4e487b71";

  /** Quote, 0x and the selector. */
  private static final int HEAD_CHARS = 11;

  private static final int WORD_CHARS = 64;

  /** Reasons are shown to people; the whole is in the data anyway. */
  private static final int REASON_BYTES_MAX = 1024;

  private RevertedResult() {}

  /** The fault that an honest node would have sent; empty when the result is none. */
  static Optional<Fault> in(RawJson result) {
    if (result.length() <= HEAD_CHARS || (result.length() - HEAD_CHARS - 1) % WORD_CHARS != 0) {
      return Optional.empty();
    }
    if (startsWith(result, ERROR_STRING)) {
      String reason = reason(result);
      String message = reason.isEmpty() ? "execution reverted" : "execution reverted: " + reason;
      return Optional.of(new Fault(3, message, result));
    }
    return startsWith(result, PANIC)
        ? Optional.of(new Fault(3, "execution reverted", result))
        : Optional.empty();
  }

  private static boolean startsWith(RawJson result, String head) {
    for (int i = 0; i < head.length(); i++) {
      if (Character.toLowerCase(result.bytes()[result.from() + i]) != head.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The string behind the selector: offset, length, bytes; empty when it is not one. */
  private static String reason(RawJson result) {
    int lengthAt = result.from() + HEAD_CHARS + WORD_CHARS;
    int textAt = lengthAt + WORD_CHARS;
    if (textAt >= result.to()) {
      return "";
    }
    String digits = new String(result.bytes(), lengthAt, WORD_CHARS, StandardCharsets.ISO_8859_1);
    int available = (result.to() - 1 - textAt) / 2;
    try {
      if (!digits.startsWith("0".repeat(WORD_CHARS - 7))) {
        return "";
      }
      int length = Math.min(Integer.parseInt(digits, 16), REASON_BYTES_MAX);
      if (length > available) {
        return "";
      }
      String hex = new String(result.bytes(), textAt, length * 2, StandardCharsets.ISO_8859_1);
      return new String(HexFormat.of().parseHex(hex), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return ""; // not hex: the data goes to the client all the same
    }
  }
}
