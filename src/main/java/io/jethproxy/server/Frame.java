package io.jethproxy.server;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** The shape of WebSocket frames, RFC 6455, section 5.2; frames of a server have no mask. */
final class Frame {

  static final int FIN = 0x80;

  /** With the extension of RFC 7692: the message is compressed. */
  static final int DEFLATED = 0x40;

  static final int RESERVED = 0x70;
  static final int OPCODE = 0x0f;
  static final int MASK = 0x80;
  static final int LENGTH = 0x7f;

  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  static final int CONTROL_BYTES_MAX = 125;

  /** A code and so many bytes of reason are what a close frame holds. */
  static final int REASON_BYTES_MAX = CONTROL_BYTES_MAX - 2;

  /** No head of a server's frame is longer. */
  static final int HEAD_BYTES_MAX = 10;

  private Frame() {}

  /**
   * @param first the first byte: whether it is the last frame of a message, and what kind
   */
  static void writeHead(ByteBuf out, int first, int length) {
    out.writeByte(first);
    if (length <= CONTROL_BYTES_MAX) {
      out.writeByte(length);
    } else if (length <= 0xffff) {
      out.writeByte(126);
      out.writeShort(length);
    } else {
      out.writeByte(127);
      out.writeLong(length);
    }
  }

  /** The payload of a close frame; what does not fit of the reason is left out. */
  static byte[] closing(int code, String reason) {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(text.length, REASON_BYTES_MAX);
    while (length < text.length && (text[length] & 0xc0) == 0x80) {
      length--; // no half of a character
    }
    byte[] payload = new byte[2 + length];
    payload[0] = (byte) (code >> 8);
    payload[1] = (byte) code;
    System.arraycopy(text, 0, payload, 2, length);
    return payload;
  }

  /** Whether a peer may send the code. */
  static boolean isCloseCode(int code) {
    return (code >= 1000 && code <= 1014 && (code < 1004 || code > 1006))
        || (code >= 3000 && code <= 4999);
  }
}
