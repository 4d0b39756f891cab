package io.jethproxy.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/**
 * Reads HTTP/1.1 requests by the letter of RFC 9112. What two readers could read differently, two
 * lengths or a bare line feed, is refused, and the connection with it: that is how requests are
 * smuggled.
 */
final class StrictRequestDecoder extends HttpRequestDecoder {

  private final Runnable bytesCame;

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

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("both Content-Length and Transfer-Encoding");
  }
}
