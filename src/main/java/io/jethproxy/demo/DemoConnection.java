package io.jethproxy.demo;

import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.Incoming;
import io.jethproxy.rpc.Limits;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Result;
import io.jethproxy.rpc.Wire;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** One connection to a simulated provider: answers one request after another. */
final class DemoConnection extends SimpleChannelInboundHandler<FullHttpRequest> {

  private static final int OWN_FAULT = -32603;

  private final DemoProvider provider;

  DemoConnection(DemoProvider provider) {
    this.provider = provider;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    byte[] body = ByteBufUtil.getBytes(request.content());
    boolean keepAlive = HttpUtil.isKeepAlive(request);
    Temper.Reaction reaction = provider.react();
    context
        .executor()
        .schedule(
            () -> react(context, reaction.deed(), body, keepAlive),
            reaction.afterMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void react(
      ChannelHandlerContext context, Temper.Deed deed, byte[] body, boolean keepAlive) {
    switch (deed) {
      case ANSWER -> reply(context, HttpResponseStatus.OK, answer(body, false), keepAlive);
      case BREAK -> reply(context, HttpResponseStatus.OK, answer(body, true), keepAlive);
      case THROTTLE ->
          reply(context, HttpResponseStatus.TOO_MANY_REQUESTS, "too many requests", keepAlive);
      case FAIL ->
          reply(
              context,
              HttpResponseStatus.BAD_GATEWAY,
              "<html><body><h1>502 Bad Gateway</h1></body></html>",
              keepAlive);
      case HANG_UP -> {
        context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        context.close();
      }
    }
  }

  private void reply(
      ChannelHandlerContext context, HttpResponseStatus status, String text, boolean keepAlive) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            status,
            Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8)));
    HttpUtil.setContentLength(response, response.content().readableBytes());
    HttpUtil.setKeepAlive(response, keepAlive);
    if (status.equals(HttpResponseStatus.OK)) {
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
    }
    if (status.equals(HttpResponseStatus.TOO_MANY_REQUESTS)) {
      response.headers().set(HttpHeaderNames.RETRY_AFTER, "1");
    }
    var written = context.writeAndFlush(response);
    if (!keepAlive) {
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  private String answer(byte[] body, boolean broken) {
    return switch (Wire.read(body, 0, body.length, Limits.DEFAULTS)) {
      case Incoming.One(var item) -> answer(item, broken);
      case Incoming.Many(var items) ->
          items.stream()
              .map(item -> answer(item, broken))
              .collect(Collectors.joining(",", "[", "]"));
      case Incoming.Unreadable(var fault, _) -> text(Wire.fault(RawJson.NULL, fault));
    };
  }

  private String answer(Incoming.Item item, boolean broken) {
    return switch (item) {
      case Incoming.Item.Invalid(var id, var fault) -> text(Wire.fault(id, fault));
      case Incoming.Item.Valid(var request) -> {
        if (broken) {
          yield text(Wire.fault(request.id(), new Fault(OWN_FAULT, "internal error")));
        }
        yield text(
            switch (provider.node().answer(request.method(), request.params())) {
              case Result(var result) -> Wire.result(request.id(), result);
              case Fault fault -> Wire.fault(request.id(), fault);
            });
      }
    };
  }

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }

  /** The gateway hung up, which it may at any time. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }
}
