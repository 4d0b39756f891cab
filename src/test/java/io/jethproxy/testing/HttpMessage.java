package io.jethproxy.testing;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One HTTP/1.1 message as it was on the wire: start line, headers in their order, body without its
 * framing.
 */
public final class HttpMessage {

  private static final int HEAD_BYTES_MAX = 1 << 20;

  /** One header line. */
  public record Header(String name, String value) {}

  private final String startLine;
  private final List<Header> headers;
  private final byte[] body;
  private final boolean whole;

  private HttpMessage(String startLine, List<Header> headers, byte[] body, boolean whole) {
    this.startLine = startLine;
    this.headers = List.copyOf(headers);
    this.body = body;
    this.whole = whole;
  }

  /** Reads a request; empty when the peer closed before its first byte. */
  public static Optional<HttpMessage> readRequest(InputStream in, int bodyBytesMax)
      throws IOException {
    String startLine = line(in);
    if (startLine == null) {
      return Optional.empty();
    }
    List<Header> headers = headers(in);
    return Optional.of(framed(startLine, headers, in, bodyBytesMax, Framing.NO_LENGTH_NO_BODY));
  }

  /** Reads a response, 1xx ones included; empty when the peer closed before its first byte. */
  public static Optional<HttpMessage> readResponse(InputStream in, int bodyBytesMax)
      throws IOException {
    String startLine = line(in);
    if (startLine == null) {
      return Optional.empty();
    }
    List<Header> headers = headers(in);
    int status = statusOf(startLine);
    if (status / 100 == 1 || status == 204 || status == 304) {
      return Optional.of(new HttpMessage(startLine, headers, new byte[0], true));
    }
    return Optional.of(framed(startLine, headers, in, bodyBytesMax, Framing.NO_LENGTH_UNTIL_CLOSE));
  }

  private enum Framing {
    NO_LENGTH_NO_BODY,
    NO_LENGTH_UNTIL_CLOSE
  }

  private static HttpMessage framed(
      String startLine, List<Header> headers, InputStream in, int bodyBytesMax, Framing framing)
      throws IOException {
    if (first(headers, "Transfer-Encoding").filter("chunked"::equalsIgnoreCase).isPresent()) {
      return chunked(startLine, headers, in, bodyBytesMax);
    }
    Optional<String> length = first(headers, "Content-Length");
    if (length.isPresent()) {
      long wanted = Long.parseLong(length.get());
      byte[] body = in.readNBytes((int) Math.min(wanted, bodyBytesMax));
      return new HttpMessage(startLine, headers, body, body.length == wanted);
    }
    return switch (framing) {
      case NO_LENGTH_NO_BODY -> new HttpMessage(startLine, headers, new byte[0], true);
      case NO_LENGTH_UNTIL_CLOSE ->
          new HttpMessage(startLine, headers, in.readNBytes(bodyBytesMax), true);
    };
  }

  private static HttpMessage chunked(
      String startLine, List<Header> headers, InputStream in, int bodyBytesMax) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      String sizeLine = line(in);
      if (sizeLine == null) {
        return new HttpMessage(startLine, headers, body.toByteArray(), false);
      }
      int size = Integer.parseInt(sizeLine.split(";", 2)[0].strip(), 16);
      if (size == 0) {
        headers(in); // the trailers
        return new HttpMessage(startLine, headers, body.toByteArray(), true);
      }
      if (body.size() + size > bodyBytesMax) {
        return new HttpMessage(startLine, headers, body.toByteArray(), false);
      }
      byte[] chunk = in.readNBytes(size);
      body.write(chunk);
      if (chunk.length < size || line(in) == null) {
        return new HttpMessage(startLine, headers, body.toByteArray(), false);
      }
    }
  }

  private static List<Header> headers(InputStream in) throws IOException {
    List<Header> headers = new ArrayList<>();
    int bytes = 0;
    while (true) {
      String line = line(in);
      if (line == null) {
        throw new EOFException("closed within the headers");
      }
      if (line.isEmpty()) {
        return headers;
      }
      bytes += line.length();
      if (bytes > HEAD_BYTES_MAX) {
        throw new IOException("headers: " + bytes + " bytes (expected: <= " + HEAD_BYTES_MAX + ")");
      }
      int colon = line.indexOf(':');
      headers.add(
          colon < 0
              ? new Header(line, "")
              : new Header(line.substring(0, colon), line.substring(colon + 1).strip()));
    }
  }

  /** One line without its end; null at the end of the stream. */
  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b == '\n') {
        int end = line.length();
        return end > 0 && line.charAt(end - 1) == '\r'
            ? line.substring(0, end - 1)
            : line.toString();
      }
      line.append((char) b);
      if (line.length() > HEAD_BYTES_MAX) {
        throw new IOException("line longer than " + HEAD_BYTES_MAX + " bytes");
      }
    }
    if (line.isEmpty()) {
      return null;
    }
    throw new EOFException("closed within a line");
  }

  private static int statusOf(String startLine) throws IOException {
    String[] parts = startLine.split(" ", 3);
    if (parts.length < 2 || !parts[0].startsWith("HTTP/") || !parts[1].matches("\\d{3}")) {
      throw new IOException("status line: " + startLine + " (expected: HTTP/1.1 nnn …)");
    }
    return Integer.parseInt(parts[1]);
  }

  private static Optional<String> first(List<Header> headers, String name) {
    return headers.stream()
        .filter(header -> header.name().equalsIgnoreCase(name))
        .map(Header::value)
        .findFirst();
  }

  public String startLine() {
    return startLine;
  }

  public List<Header> headers() {
    return headers;
  }

  /** The first header of this name, in any case. */
  public Optional<String> header(String name) {
    return first(headers, name);
  }

  /** The status of a response. */
  public int status() {
    try {
      return statusOf(startLine);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public byte[] bytes() {
    return body.clone();
  }

  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** Whether the body had the length that its framing promised. */
  public boolean isWhole() {
    return whole;
  }
}
