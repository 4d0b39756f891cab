package io.jethproxy.server;

import io.jethproxy.call.Abandonment;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Makes one request after another of the parts that come on a connection, and judges them as HTTP.
 * Memory follows what has come, at most doubled, and not what was promised. Used on the
 * connection's event loop only.
 */
final class RequestCollector {

  /** What is wrong with a request, as HTTP says it. */
  record Flaw(int status, String message) {}

  private final HttpLimits limits;
  private final ByteBudget received;
  private final ByteBudget unsent;
  private @Nullable HttpRequest head;
  private byte[] body = Gzip.NOTHING;
  private int length;

  RequestCollector(HttpLimits limits, Connections connections) {
    this.limits = limits;
    this.received = connections.received();
    this.unsent = connections.unsent();
  }

  /** Whether a head has come and its body not wholly. */
  boolean isInBody() {
    return head != null;
  }

  /** Bytes that the unfinished body takes. */
  int heldBytes() {
    return body.length;
  }

  /** Whether the client waits for a word before it sends the body. */
  boolean isAwaitingContinue() {
    HttpRequest now = head;
    return now != null && !isHttp10(now) && now.headers().contains(HttpHeaderNames.EXPECT);
  }

  /** Begins a request. */
  @Nullable Flaw begin(HttpRequest request) {
    head = request;
    HttpHeaders headers = request.headers();
    HttpVersion version = request.protocolVersion();
    boolean http11 = HttpVersion.HTTP_1_1.equals(version);
    if (!http11 && !HttpVersion.HTTP_1_0.equals(version)) {
      return new Flaw(505, "HTTP version: not supported (expected: HTTP/1.1)");
    }
    int hosts = headers.getAll(HttpHeaderNames.HOST).size();
    if (hosts > 1 || (http11 && hosts == 0)) {
      return new Flaw(400, "Host: missing or repeated (expected: exactly one)");
    }
    if (!request.uri().startsWith("/")) {
      return new Flaw(400, "request target: not a path (expected: /…)");
    }
    if (request.uri().length() > HttpLimits.URI_BYTES_MAX) {
      return uriTooLong();
    }
    Flaw framing = framing(headers, http11);
    return framing != null ? framing : expectation(headers, http11);
  }

  private @Nullable Flaw framing(HttpHeaders headers, boolean http11) {
    List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
    if (!codings.isEmpty() && !http11) {
      return new Flaw(400, "Transfer-Encoding: not defined in HTTP/1.0");
    }
    if (codings.size() > 1
        || (codings.size() == 1 && !codings.getFirst().equalsIgnoreCase("chunked"))) {
      return new Flaw(400, "Transfer-Encoding: not understood (expected: chunked)");
    }
    return declaredBytes() > limits.bodyBytesMax() ? tooLarge() : null;
  }

  private static @Nullable Flaw expectation(HttpHeaders headers, boolean http11) {
    List<String> expected = headers.getAll(HttpHeaderNames.EXPECT);
    boolean understood =
        expected.isEmpty()
            || !http11
            || (expected.size() == 1 && expected.getFirst().equalsIgnoreCase("100-continue"));
    return understood ? null : new Flaw(417, "Expect: not understood (expected: 100-continue)");
  }

  /** Adds a part of the body. */
  @Nullable Flaw add(HttpContent content) {
    ByteBuf bytes = content.content();
    int more = bytes.readableBytes();
    if (length + more > limits.bodyBytesMax()) {
      return tooLarge();
    }
    if (more > 0) {
      if (body.length < length + more && !grow(length + more)) {
        return new Flaw(503, "the gateway is full (limit: bytes of requests at once)");
      }
      bytes.readBytes(body, length, more);
      length += more;
    }
    return null;
  }

  private boolean grow(int needed) {
    long most = declaredBytes() > 0 ? declaredBytes() : limits.bodyBytesMax();
    int size = (int) Math.max(needed, Math.min(2L * body.length, most));
    if (!received.take(size - body.length)) {
      return false;
    }
    body = Arrays.copyOf(body, size);
    return true;
  }

  private long declaredBytes() {
    return head == null ? 0 : HttpUtil.getContentLength(head, 0L);
  }

  /** The request that has come wholly; whoever takes it gives back its bytes. */
  @Nullable Turn complete() {
    HttpRequest now = head;
    if (now == null) {
      return null;
    }
    byte[] whole = body.length == length ? body : Arrays.copyOf(body, length);
    received.giveBack(body.length - length);
    forget();
    String uri = now.uri();
    int query = uri.indexOf('?');
    HttpQuestion question =
        new HttpQuestion(
            now.method().name(),
            query < 0 ? uri : uri.substring(0, query),
            now.headers(),
            whole,
            new Abandonment(),
            unsent);
    return new Turn(
        new Turn.What.Asked(question),
        isHttp10(now),
        HttpUtil.isKeepAlive(now),
        HttpMethod.HEAD.equals(now.method()),
        takesGzip(now.headers()));
  }

  private static boolean isHttp10(HttpRequest request) {
    return HttpVersion.HTTP_1_0.equals(request.protocolVersion());
  }

  private static boolean takesGzip(HttpHeaders headers) {
    String accepted = headers.get(HttpHeaderNames.ACCEPT_ENCODING);
    return accepted != null && Gzip.accepts(accepted.toLowerCase(Locale.ROOT));
  }

  /** Gives up the request that is being received. */
  void drop() {
    received.giveBack(body.length);
    forget();
  }

  private void forget() {
    head = null;
    body = Gzip.NOTHING;
    length = 0;
  }

  /** What to say of what the decoder could not read. */
  Flaw undecodable(Throwable cause) {
    if (isInBody()) {
      return new Flaw(400, "body: not chunked as RFC 9112 has it");
    }
    return switch (cause) {
      case TooLongHttpLineException _ -> uriTooLong();
      case TooLongHttpHeaderException _ ->
          new Flaw(
              431,
              "header: too large (expected: at most " + HttpLimits.HEADER_BYTES_MAX + " bytes)");
      default -> new Flaw(400, "request: not HTTP/1.1 as RFC 9112 has it");
    };
  }

  private static Flaw uriTooLong() {
    return new Flaw(
        414, "request target: too long (expected: at most " + HttpLimits.URI_BYTES_MAX + " bytes)");
  }

  private Flaw tooLarge() {
    return new Flaw(413, "body: too large (expected: at most " + limits.bodyBytesMax() + " bytes)");
  }
}
