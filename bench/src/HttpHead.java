import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;

/**
 * The few things a simulated provider wants to know of a request's head, found by scanning its
 * bytes.
 */
final class HttpHead {
  static final int BODY_BYTES_MAX = 1 << 20;
  private static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length:");
  private static final AsciiString SOCKET_KEY = AsciiString.cached("sec-websocket-key:");
  private static final AsciiString CLOSE = AsciiString.cached("connection: close");

  private HttpHead() {}

  static boolean asksToClose(ByteBuf bytes, int to) {
    return lineStart(bytes, CLOSE, to) >= 0;
  }

  /** The key of a request for a WebSocket, or the empty string. */
  static String socketKey(ByteBuf bytes, int to) {
    int at = lineStart(bytes, SOCKET_KEY, to);
    if (at < 0) {
      return "";
    }
    int from = at + SOCKET_KEY.length();
    int end = bytes.indexOf(from, to, (byte) '\n');
    return bytes.toString(from, end - from, StandardCharsets.US_ASCII).strip();
  }

  /** The offset after the blank line, or -1. */
  static int end(ByteBuf bytes) {
    int at = bytes.readerIndex();
    int to = bytes.writerIndex();
    while (true) {
      int newline = bytes.indexOf(at, to, (byte) '\n');
      if (newline < 0) {
        return -1;
      }
      if (newline - at <= 1 && newline > bytes.readerIndex() + 1) {
        return newline + 1;
      }
      at = newline + 1;
    }
  }

  static int contentLength(ByteBuf bytes, int to) {
    int at = lineStart(bytes, CONTENT_LENGTH, to);
    if (at < 0) {
      return -1;
    }
    int length = 0;
    for (at += CONTENT_LENGTH.length(); at < to; at++) {
      byte c = bytes.getByte(at);
      if (c >= '0' && c <= '9' && length <= BODY_BYTES_MAX) {
        length = length * 10 + c - '0';
      } else if (c != ' ') {
        break;
      }
    }
    return length;
  }

  private static int lineStart(ByteBuf bytes, AsciiString name, int to) {
    for (int at = bytes.readerIndex();
        at >= 0 && at + name.length() <= to;
        at = bytes.indexOf(at, to, (byte) '\n') + 1) {
      if (startsWith(bytes, name, at)) {
        return at;
      }
      if (bytes.indexOf(at, to, (byte) '\n') < 0) {
        return -1;
      }
    }
    return -1;
  }

  private static boolean startsWith(ByteBuf bytes, AsciiString name, int at) {
    for (int i = 0; i < name.length(); i++) {
      if (AsciiString.toLowerCase((char) (bytes.getByte(at + i) & 0xff)) != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
