package io.jethproxy.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** What is to be said to a request for a WebSocket, by the letter of RFC 6455, section 4.2. */
sealed interface Upgrade {

  /**
   * It is one.
   *
   * @param headers of the 101 that answers it
   * @param deflates whether messages may be compressed
   */
  record Fine(List<String> headers, boolean deflates) implements Upgrade {}

  /**
   * Something is wrong with it.
   *
   * @param headers further ones of the answer
   */
  record Flawed(int status, String message, List<String> headers) implements Upgrade {
    Flawed(String message) {
      this(400, message, List.of());
    }
  }

  /** What RFC 6455 has every server hash with the client's key. */
  String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  int KEY_BYTES = 16;

  /** Whether a request asks for a WebSocket at all; a proper one or not. */
  static boolean isAskedBy(HttpQuestion question) {
    return question.method().equals("GET") && isAskedBy(question.headers());
  }

  /** Whether the headers ask for a WebSocket. */
  static boolean isAskedBy(HttpHeaders headers) {
    return headers.containsValue(HttpHeaderNames.UPGRADE, "websocket", true);
  }

  static Upgrade of(HttpQuestion question) {
    HttpHeaders headers = question.headers();
    if (!headers.containsValue(HttpHeaderNames.CONNECTION, "upgrade", true)) {
      return new Flawed("Connection: no upgrade (expected: Upgrade)");
    }
    if (question.body().length > 0
        || headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
        || !headers.get(HttpHeaderNames.CONTENT_LENGTH, "0").equals("0")) {
      return new Flawed("body: not allowed with an upgrade (expected: none)");
    }
    List<String> versions = headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_VERSION);
    if (versions.size() > 1) {
      return new Flawed("Sec-WebSocket-Version: repeated (expected: exactly one)");
    }
    if (!versions.equals(List.of("13"))) {
      return new Flawed(
          426,
          "Sec-WebSocket-Version: not supported (expected: 13)",
          List.of("sec-websocket-version: 13", "upgrade: websocket", "connection: upgrade"));
    }
    List<String> keys = headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_KEY);
    if (keys.size() != 1 || !isKey(keys.getFirst())) {
      return new Flawed("Sec-WebSocket-Key: not one of 16 bytes in base64");
    }
    return fine(keys.getFirst(), Deflation.accept(headers));
  }

  private static boolean isKey(String key) {
    try {
      return key.length() == 24 && Base64.getDecoder().decode(key).length == KEY_BYTES;
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
  }

  private static Fine fine(String key, Optional<String> extension) {
    List<String> headers = new ArrayList<>();
    headers.add("upgrade: websocket");
    headers.add("connection: upgrade");
    headers.add("sec-websocket-accept: " + acceptance(key));
    extension.ifPresent(accepted -> headers.add("sec-websocket-extensions: " + accepted));
    return new Fine(headers, extension.isPresent());
  }

  private static String acceptance(String key) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-1")
              .digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
