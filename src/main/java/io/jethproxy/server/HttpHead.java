package io.jethproxy.server;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/** Writes the heads of responses. */
final class HttpHead {

  static final byte[] CONTINUE = bytes("HTTP/1.1 100 Continue\r\n\r\n");

  private static final byte[] OK_JSON =
      bytes("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ");
  private static final byte[] LENGTH = bytes("content-length: ");
  private static final byte[] CLOSE = bytes("\r\nconnection: close");
  private static final byte[] KEEP = bytes("\r\nconnection: keep-alive");
  private static final byte[] END = bytes("\r\n\r\n");

  private HttpHead() {}

  private static byte[] bytes(String ascii) {
    return ascii.getBytes(StandardCharsets.US_ASCII);
  }

  /** No head is longer than this. */
  static int bytesMax(HttpAnswer answer) {
    int bytes = 256 + answer.contentType().length();
    for (String header : answer.headers()) {
      bytes += header.length() + 2;
    }
    return bytes;
  }

  /**
   * @param keepAlive whether the connection goes on
   * @param http10 whether the client must be told so explicitly
   */
  static void writeTo(ByteBuf out, HttpAnswer answer, boolean keepAlive, boolean http10) {
    if (answer.status() == 200
        && answer.headers().isEmpty()
        && answer.contentType().equals(HttpAnswer.JSON)) {
      out.writeBytes(OK_JSON);
      writeNumber(out, answer.payload().length());
    } else {
      writeUsual(out, answer);
    }
    if (!keepAlive) {
      out.writeBytes(CLOSE);
    } else if (http10) {
      out.writeBytes(KEEP);
    }
    out.writeBytes(END);
  }

  private static void writeUsual(ByteBuf out, HttpAnswer answer) {
    HttpResponseStatus status = HttpResponseStatus.valueOf(answer.status());
    StringBuilder head = new StringBuilder(160);
    head.append("HTTP/1.1 ").append(status.code()).append(' ').append(status.reasonPhrase());
    head.append("\r\n");
    if (answer.payload().length() > 0) {
      head.append("content-type: ").append(answer.contentType()).append("\r\n");
    }
    answer.headers().forEach(header -> head.append(header).append("\r\n"));
    out.writeCharSequence(head, StandardCharsets.ISO_8859_1);
    if (answer.status() == 204 || answer.status() == 101) {
      out.writerIndex(out.writerIndex() - 2); // these have no length
    } else {
      out.writeBytes(LENGTH);
      writeNumber(out, answer.payload().length());
    }
  }

  private static void writeNumber(ByteBuf out, int number) {
    int scale = 1;
    while (number / scale >= 10) {
      scale *= 10;
    }
    for (; scale > 0; scale /= 10) {
      out.writeByte('0' + number / scale % 10);
    }
  }
}
