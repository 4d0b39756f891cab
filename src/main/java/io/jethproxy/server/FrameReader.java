package io.jethproxy.server;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Reads a client's frames by the letter of RFC 6455 and puts their fragments together. What comes
 * goes straight into the message: a frame of a byte costs a byte, and what is wrong is found at its
 * first byte. Not used any more after a breach or a close.
 */
final class FrameReader {

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final int MASK_BYTES = 4;
  private static final int NO_MESSAGE = -1;
  private static final byte[] EMPTY = new byte[0];

  private final MessageBuffer message;
  private final int allowedReserved;
  private final Utf8Text text = new Utf8Text();

  private final byte[] head = new byte[2 + 8 + MASK_BYTES];
  private int headLength;

  /** Of the payload of the frame, as long as there is one. */
  private int left;

  /** The next byte's part stands first. */
  private int mask;

  private byte[] control = EMPTY;

  /** The reserved bits of the message's first frame. */
  private int messageBits = NO_MESSAGE;

  /**
   * @param deflates whether messages may be compressed
   */
  FrameReader(boolean deflates, MessageBuffer message) {
    this.allowedReserved = deflates ? Frame.DEFLATED : 0;
    this.message = message;
  }

  /** Whether a frame or a message has begun and not ended. */
  boolean isMidway() {
    return headLength > 0 || messageBits != NO_MESSAGE;
  }

  /** Bytes that the unfinished message takes. */
  int heldBytes() {
    return message.heldBytes();
  }

  /** Gives up what is unfinished. */
  void drop() {
    message.drop();
  }

  /** The next thing that was said wholly; null when that takes more bytes: all of them are read. */
  @Nullable Heard next(ByteBuf in) {
    while (true) {
      if (headLength < headBytes()) {
        Heard breach = readHead(in);
        if (breach != null) {
          return breach;
        }
        if (headLength < headBytes()) {
          return null;
        }
        begin();
      }
      Heard breach = readPayload(in);
      if (breach != null) {
        return breach;
      }
      if (left > 0) {
        return null;
      }
      headLength = 0;
      Heard heard = ended();
      if (heard != null) {
        return heard;
      }
    }
  }

  // The head.

  private @Nullable Heard readHead(ByteBuf in) {
    while (headLength < headBytes() && in.isReadable()) {
      head[headLength++] = in.readByte();
      String flaw =
          headLength == 1
              ? flawOfKind()
              : headLength == 2 ? flawOfStart() : headLength == startBytes() ? flawOfLength() : "";
      if (!flaw.isEmpty()) {
        return new Heard.Breach(CloseCode.PROTOCOL, flaw);
      }
      if (headLength == 2 && opcode() == Frame.BINARY) {
        return new Heard.Breach(CloseCode.NOT_TEXT, "binary message (expected: text)");
      }
      if (headLength == startBytes() && !isControl() && !message.isAllowed(length())) {
        return new Heard.Breach(
            CloseCode.TOO_BIG, "message: too large (expected: at most " + message.bytesMax() + ")");
      }
    }
    return null;
  }

  private int headBytes() {
    return headLength < 2 ? 2 + MASK_BYTES : startBytes() + MASK_BYTES;
  }

  /** The bytes before the mask. */
  private int startBytes() {
    return switch (head[1] & Frame.LENGTH) {
      case 126 -> 2 + 2;
      case 127 -> 2 + 8;
      default -> 2;
    };
  }

  private String flawOfKind() {
    int bits = head[0] & Frame.RESERVED;
    boolean first = opcode() == Frame.TEXT || opcode() == Frame.BINARY;
    if ((bits & ~(first ? allowedReserved : 0)) != 0) {
      return "frame: reserved bits set";
    }
    return switch (opcode()) {
      case Frame.CONTINUATION ->
          messageBits == NO_MESSAGE ? "frame: continues a message that has not begun" : "";
      case Frame.TEXT, Frame.BINARY ->
          messageBits == NO_MESSAGE ? "" : "frame: begins a message within another";
      case Frame.CLOSE, Frame.PING, Frame.PONG -> isLast() ? "" : "frame: control in fragments";
      default -> "frame: opcode " + opcode() + " not defined";
    };
  }

  private String flawOfStart() {
    if ((head[1] & Frame.MASK) == 0) {
      return "frame: not masked";
    }
    return isControl() && (head[1] & Frame.LENGTH) > Frame.CONTROL_BYTES_MAX
        ? "frame: control too large (expected: at most 125)"
        : "";
  }

  private String flawOfLength() {
    long shortest = startBytes() == 4 ? 126 : 0x1_0000;
    return length() < shortest ? "frame: length not written as short as it can be" : "";
  }

  private int opcode() {
    return head[0] & Frame.OPCODE;
  }

  private boolean isControl() {
    return opcode() >= Frame.CLOSE;
  }

  private boolean isLast() {
    return (head[0] & Frame.FIN) != 0;
  }

  private long length() {
    return switch (startBytes()) {
      case 2 -> head[1] & Frame.LENGTH;
      case 4 -> (head[2] & 0xff) << 8 | (head[3] & 0xff);
      default -> (long) WORDS.get(head, 2);
    };
  }

  private void begin() {
    left = (int) length(); // allowed, so it is no more than an int
    int at = headLength - MASK_BYTES;
    mask = 0;
    for (int i = at; i < headLength; i++) {
      mask = mask << 8 | (head[i] & 0xff);
    }
    if (isControl()) {
      control = left == 0 ? EMPTY : new byte[left];
    } else if (opcode() == Frame.TEXT) {
      messageBits = head[0] & Frame.RESERVED;
      text.reset();
    }
  }

  // The payload.

  private @Nullable Heard readPayload(ByteBuf in) {
    int now = Math.min(left, in.readableBytes());
    if (now == 0) {
      return null;
    }
    if (isControl()) {
      int at = control.length - left;
      in.readBytes(control, at, now);
      unmask(control, at, at + now);
      left -= now;
      return null;
    }
    int from = message.length();
    if (!message.add(in, now, isLast() ? from + left : message.bytesMax())) {
      return new Heard.Breach(
          CloseCode.LATER, "the gateway is full (limit: bytes of requests at once)");
    }
    int to = message.length();
    unmask(message.bytes(), from, to);
    left -= now;
    return messageBits == 0 && !text.accepts(message.bytes(), from, to) ? notUtf8() : null;
  }

  private void unmask(byte[] bytes, int from, int to) {
    long twice = (long) mask << 32 | (mask & 0xffff_ffffL);
    int at = from;
    for (; at + 8 <= to; at += 8) {
      WORDS.set(bytes, at, (long) WORDS.get(bytes, at) ^ twice);
    }
    for (; at < to; at++) {
      bytes[at] ^= (byte) (mask >>> 24);
      mask = Integer.rotateLeft(mask, 8);
    }
  }

  private static Heard notUtf8() {
    return new Heard.Breach(CloseCode.NOT_UTF8, "message: not UTF-8");
  }

  private @Nullable Heard ended() {
    return switch (opcode()) {
      case Frame.CLOSE -> closed();
      case Frame.PING -> new Heard.Ping(control);
      case Frame.PONG -> new Heard.Pong();
      default -> isLast() ? whole() : null;
    };
  }

  private Heard whole() {
    boolean deflated = messageBits != 0;
    messageBits = NO_MESSAGE;
    if (!deflated && !text.isWhole()) {
      return notUtf8();
    }
    return new Heard.Message(message.take(), deflated);
  }

  private Heard closed() {
    if (control.length == 0) {
      return new Heard.Close(CloseCode.NONE);
    }
    if (control.length == 1) {
      return new Heard.Breach(CloseCode.PROTOCOL, "close: half a code");
    }
    int code = (control[0] & 0xff) << 8 | (control[1] & 0xff);
    if (!Frame.isCloseCode(code)) {
      return new Heard.Breach(CloseCode.PROTOCOL, "close: code " + code + " not allowed");
    }
    return Utf8Text.isWholly(control, 2, control.length)
        ? new Heard.Close(code)
        : new Heard.Breach(CloseCode.NOT_UTF8, "close: reason not UTF-8");
  }
}
