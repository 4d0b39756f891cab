package io.jethproxy.server;

import io.jethproxy.call.Notice;
import io.jethproxy.rpc.RawJson;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one notice, written once for all connections of an event loop: for each of them
 * only its own head is filled in. Keeps the last notice. Used on that loop only.
 */
final class Stencil {

  /** What is longer is written for each connection by itself, as there is room for it. */
  static final int BYTES_MAX = 64 * 1024;

  private final ByteBuf frames = Unpooled.directBuffer(0, BYTES_MAX);
  private @Nullable Notice written;
  private int headBytes;
  private int[] heads = {};
  private boolean fits;

  /** Makes this the stencil of a notice for heads of this length; false when it is too long. */
  boolean take(Notice notice, int length) {
    if (!isOf(notice, length)) {
      written = notice;
      headBytes = length;
      fits = frames.refCnt() > 0 && bytes(notice, length) <= BYTES_MAX;
      if (fits) {
        write(notice);
      }
    }
    return fits;
  }

  @SuppressWarnings("ReferenceEquality") // this very one: it is told to many in a row
  private boolean isOf(Notice notice, int length) {
    return notice == written && headBytes == length;
  }

  private static long bytes(Notice notice, int headLength) {
    long sum = 0;
    for (RawJson body : notice.bodies()) {
      sum += Frame.HEAD_BYTES_MAX + headLength + body.length() + notice.tail().length;
    }
    return sum;
  }

  private void write(Notice notice) {
    frames.clear();
    heads = new int[notice.bodies().size()];
    for (int i = 0; i < heads.length; i++) {
      RawJson body = notice.bodies().get(i);
      int length = headBytes + body.length() + notice.tail().length;
      Frame.writeHead(frames, Frame.FIN | Frame.TEXT, length);
      heads[i] = frames.writerIndex();
      frames.writeZero(headBytes);
      frames.writeBytes(body.bytes(), body.from(), body.length());
      frames.writeBytes(notice.tail());
    }
  }

  /** The frames with this head, valid until the next one. */
  ByteBuf frames(byte[] head) {
    for (int place : heads) {
      frames.setBytes(place, head);
    }
    return frames;
  }

  /** Nothing fits from now on. */
  void close() {
    written = null;
    fits = false;
    frames.release();
  }
}
