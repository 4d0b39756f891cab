package io.jethproxy.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/**
 * Reads HTTP/1.1 requests by the letter of RFC 9112. What two readers could read differently, two
 * lengths or a bare line feed, is refused, and the connection with it: that is how requests are
 * smuggled.
 *
 * <p>Netty's decoder does most of it. It is lenient with white space, as RFC 9112 lets it be, so
 * this one looks at each head before Netty does: a request line has its three parts and two spaces,
 * no header line is folded, and nothing but empty lines comes before a request.
 */
final class StrictRequestDecoder extends HttpRequestDecoder {

  private static final int VERSION_BYTES = "HTTP/1.1".length();

  private final Runnable bytesCame;
  private boolean inHead = true;
  private boolean requestLineRead;
  private boolean refused;
  private boolean held;
  private boolean mayUpgrade;

  /**
   * @param bytesCame told of each read before it is decoded, so that slow headers have a start
   */
  StrictRequestDecoder(Runnable bytesCame) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(HttpLimits.URI_BYTES_MAX + 32)
            .setMaxHeaderSize(HttpLimits.HEADER_BYTES_MAX)
            .setMaxChunkSize(64 * 1024)
            .setAllowDuplicateContentLengths(false)
            .setStrictLineParsing(true)
            .setUseRfc9112TransferEncoding(true));
    this.bytesCame = bytesCame;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    bytesCame.run();
    super.channelRead(context, message);
  }

  /**
   * Whether the last request asks for a WebSocket, so that nothing after it is read until it is
   * answered.
   */
  boolean isHeld() {
    return held;
  }

  /** Reads nothing more, and throws away what comes. */
  void refuse() {
    refused = true;
  }

  /** Whether a part of the next request's head is here already. */
  boolean isInHead() {
    return inHead && (requestLineRead || actualReadableBytes() > 0);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
      throws Exception {
    if (refused) {
      in.skipBytes(in.readableBytes());
    } else if (held) {
      return; // what follows may be frames
    } else if (inHead && isLoose(in)) {
      refused = true;
      in.skipBytes(in.readableBytes());
      out.add(unreadable());
    } else {
      int before = out.size();
      super.decode(context, in, out);
      for (int i = before; i < out.size(); i++) {
        decoded(out.get(i));
      }
    }
  }

  private static HttpRequest unreadable() {
    HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
    request.setDecoderResult(
        DecoderResult.failure(new IllegalArgumentException("white space out of place")));
    return request;
  }

  private void decoded(Object message) {
    if (message instanceof HttpRequest request) {
      inHead = false;
      mayUpgrade = request.method().equals(HttpMethod.GET) && Upgrade.isAskedBy(request.headers());
    }
    if (message instanceof LastHttpContent) {
      inHead = true;
      requestLineRead = false;
      held = mayUpgrade;
    }
  }

  @Override
  protected HttpMessage createMessage(String[] initialLine) throws Exception {
    requestLineRead = true;
    return super.createMessage(initialLine);
  }

  /** Looks at the lines of a head that are here; the buffer always begins with a line. */
  private boolean isLoose(ByteBuf in) {
    int end = in.writerIndex();
    int line = requestLineRead ? in.readerIndex() : emptyLinesEnd(in, end);
    boolean first = !requestLineRead;
    while (line < end) {
      byte start = in.getByte(line);
      if (start == '\r' || start == '\n') {
        return false; // the end of the head, or what Netty refuses
      }
      if (start <= ' ') {
        return true;
      }
      int lineEnd = in.indexOf(line, end, (byte) '\n');
      if (lineEnd < 0) {
        return false;
      }
      if (first && !isRequestLine(in, line, lineEnd - 1)) {
        return true;
      }
      first = false;
      line = lineEnd + 1;
    }
    return false;
  }

  private static int emptyLinesEnd(ByteBuf in, int end) {
    int at = in.readerIndex();
    while (end - at >= 2 && in.getByte(at) == '\r' && in.getByte(at + 1) == '\n') {
      at += 2;
    }
    return at;
  }

  /** Three parts of visible ASCII with one space between them, the last a version. */
  private static boolean isRequestLine(ByteBuf in, int from, int to) {
    int spaces = 0;
    int part = from;
    for (int at = from; at < to; at++) {
      byte b = in.getByte(at);
      if (b == ' ' && at > part) {
        spaces++;
        part = at + 1;
      } else if (b <= ' ' || b == 0x7f) {
        return false;
      }
    }
    return spaces == 2
        && to - part == VERSION_BYTES
        && in.getByte(part) == 'H'
        && in.getByte(part + 1) == 'T'
        && in.getByte(part + 2) == 'T'
        && in.getByte(part + 3) == 'P'
        && in.getByte(part + 4) == '/';
  }

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("both Content-Length and Transfer-Encoding");
  }
}
