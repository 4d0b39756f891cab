import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Reads the frames of a WebSocket connection that is open, in whole frames without fragments, and
 * trusts its peer, as only programs of a benchmark are on the other side. Bytes are kept only when
 * a frame is cut.
 */
abstract class FrameReader extends ChannelInboundHandlerAdapter {
  static final int TEXT = 1;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  private static final int MASK_BYTES = 4;
  private static final int SHORT_MAX = 125;
  private static final int TWO_BYTES = 126;

  private ByteBuf pending;

  /**
   * A frame came.
   *
   * @param payload to be read from its reader index, {@code bytes} long, and not kept
   */
  abstract void frame(ChannelHandlerContext ctx, int opcode, ByteBuf payload, int bytes);

  /** Takes what comes before the frames: how many bytes of it are done with; 0 for more. */
  int head(ChannelHandlerContext ctx, ByteBuf bytes) {
    return 0;
  }

  /** Whether frames are to be read yet. */
  boolean isOpen() {
    return true;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf arrived = (ByteBuf) message;
    if (pending != null) {
      arrived = joined(ctx, pending, arrived);
      pending = null;
    }
    while (arrived.isReadable() && step(ctx, arrived)) {}
    if (arrived.isReadable()) {
      pending = arrived;
    } else {
      arrived.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (pending != null) {
      pending.release();
      pending = null;
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  private static ByteBuf joined(ChannelHandlerContext ctx, ByteBuf first, ByteBuf second) {
    ByteBuf both = ctx.alloc().buffer(first.readableBytes() + second.readableBytes());
    both.writeBytes(first).writeBytes(second);
    first.release();
    second.release();
    return both;
  }

  private boolean step(ChannelHandlerContext ctx, ByteBuf bytes) {
    if (isOpen()) {
      return frame(ctx, bytes);
    }
    bytes.skipBytes(head(ctx, bytes));
    return isOpen();
  }

  private boolean frame(ChannelHandlerContext ctx, ByteBuf bytes) {
    int from = bytes.readerIndex();
    int have = bytes.readableBytes();
    if (have < 2) {
      return false;
    }
    int second = bytes.getByte(from + 1) & 0xff;
    int shortLength = second & 0x7f;
    int lengthBytes = shortLength <= SHORT_MAX ? 0 : shortLength == TWO_BYTES ? 2 : 8;
    int maskBytes = second > 0x7f ? MASK_BYTES : 0;
    int head = 2 + lengthBytes + maskBytes;
    if (have < head) {
      return false;
    }
    int length =
        switch (lengthBytes) {
          case 0 -> shortLength;
          case 2 -> bytes.getUnsignedShort(from + 2);
          default -> (int) bytes.getLong(from + 2);
        };
    if (have - head < length) {
      return false;
    }
    if (maskBytes > 0) {
      unmask(bytes, bytes.getInt(from + 2 + lengthBytes), from + head, length);
    }
    bytes.readerIndex(from + head);
    frame(ctx, bytes.getByte(from) & 0x0f, bytes, length);
    bytes.readerIndex(from + head + length);
    return true;
  }

  private static void unmask(ByteBuf bytes, int mask, int from, int length) {
    int at = from;
    int end = from + length;
    for (; at + 4 <= end; at += 4) {
      bytes.setInt(at, bytes.getInt(at) ^ mask);
    }
    for (int shift = 24; at < end; at++, shift -= 8) {
      bytes.setByte(at, bytes.getByte(at) ^ mask >>> shift);
    }
  }

  /** The head of a final frame without a mask, into the buffer. */
  static ByteBuf putHead(ByteBuf into, int opcode, int length) {
    into.writeByte(0x80 | opcode);
    if (length <= SHORT_MAX) {
      return into.writeByte(length);
    }
    if (length <= 0xffff) {
      return into.writeByte(TWO_BYTES).writeShort(length);
    }
    return into.writeByte(TWO_BYTES + 1).writeLong(length);
  }
}
