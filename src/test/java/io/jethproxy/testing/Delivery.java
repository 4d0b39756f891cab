package io.jethproxy.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPOutputStream;

/** Brings an answer onto the wire, well or badly. */
@FunctionalInterface
interface Delivery {

  void deliver(Wire wire, byte[] json) throws IOException;

  /** The one good way. */
  Delivery PLAIN = (wire, json) -> wire.send(head(200, json.length), json);

  Delivery CHUNKED =
      (wire, json) -> {
        int half = json.length / 2;
        wire.send(chunkedHead());
        chunk(wire, Arrays.copyOfRange(json, 0, half));
        chunk(wire, Arrays.copyOfRange(json, half, json.length));
        wire.send("0\r\n\r\n");
      };

  Delivery BAD_CHUNK_SIZE =
      (wire, json) -> {
        wire.send(chunkedHead() + "zz\r\n", json);
        wire.send("\r\n0\r\n\r\n");
      };

  Delivery MISSING_LAST_CHUNK =
      (wire, json) -> {
        wire.send(chunkedHead());
        chunk(wire, json);
        wire.close();
      };

  /** Promises 100 bytes more than come, then closes. */
  Delivery LONGER_CONTENT_LENGTH =
      (wire, json) -> {
        wire.send(head(200, json.length + 100), json);
        wire.close();
      };

  /** Promises the first half; the rest follows as if it were the next response. */
  Delivery SHORTER_CONTENT_LENGTH = (wire, json) -> wire.send(head(200, json.length / 2), json);

  Delivery DUPLICATE_CONTENT_LENGTH =
      (wire, json) ->
          wire.send(
              "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                  + json.length
                  + "\r\nContent-Length: "
                  + (json.length - 1)
                  + "\r\n\r\n",
              json);

  Delivery CONTENT_LENGTH_AND_CHUNKED =
      (wire, json) -> {
        wire.send(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                + json.length
                + "\r\nTransfer-Encoding: chunked\r\n\r\n");
        chunk(wire, json);
        wire.send("0\r\n\r\n");
      };

  Delivery RESET = (wire, json) -> wire.reset();

  Delivery CLOSE = (wire, json) -> wire.close();

  Delivery HALF_CLOSE_AFTER_HEADERS =
      (wire, json) -> {
        wire.send(head(200, json.length));
        wire.halfClose();
      };

  Delivery GZIP_HEADER_ON_PLAIN_BODY =
      (wire, json) -> wire.send(head(200, json.length, "Content-Encoding: gzip"), json);

  Delivery GZIP =
      (wire, json) -> {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
          gzip.write(json);
        }
        wire.send(head(200, packed.size(), "Content-Encoding: gzip"), packed.toByteArray());
      };

  /** Sends header lines until the peer has enough, at most 64 MiB of them. */
  Delivery ENDLESS_HEADERS =
      (wire, json) -> {
        wire.send("HTTP/1.1 200 OK\r\n");
        byte[] lines =
            ("X-Endless: " + "a".repeat(115) + "\r\n")
                .repeat(64)
                .getBytes(StandardCharsets.ISO_8859_1);
        for (long sent = 0; sent < 64L << 20; sent += lines.length) {
          wire.send(lines);
        }
        wire.close();
      };

  static Delivery status(int status, String body, String... headers) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return status == 204 || status == 304
        ? (wire, json) -> wire.send(line(status) + lines(headers) + "\r\n")
        : (wire, json) -> wire.send(head(status, bytes.length, headers), bytes);
  }

  static Delivery drip(Duration interval) {
    return (wire, json) -> {
      wire.send(head(200, json.length));
      for (byte b : json) {
        wire.pause(interval);
        wire.send(new byte[] {b});
      }
    };
  }

  static Delivery cutAfter(int bytes) {
    return (wire, json) -> {
      first(wire, json, bytes);
      wire.close();
    };
  }

  static Delivery resetAfter(int bytes) {
    return (wire, json) -> {
      first(wire, json, bytes);
      wire.reset();
    };
  }

  static Delivery informationFlood(int count) {
    return (wire, json) -> {
      for (int i = 0; i < count; i++) {
        wire.send("HTTP/1.1 103 Early Hints\r\nLink: </" + i + ">\r\n\r\n");
      }
      PLAIN.deliver(wire, json);
    };
  }

  static Delivery claimedLength(String length) {
    return (wire, json) ->
        wire.send(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                + length
                + "\r\n\r\n",
            json);
  }

  /** A valid answer with a string result, {@code bytes} long in all, never in memory at once. */
  static Delivery huge(String id, long bytes) {
    return (wire, json) -> {
      byte[] start =
          ("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":\"0x")
              .getBytes(StandardCharsets.UTF_8);
      byte[] end = "\"}".getBytes(StandardCharsets.UTF_8);
      wire.send(head(200, Math.max(bytes, start.length + end.length)));
      wire.send(start);
      byte[] block = "a".repeat(1 << 16).getBytes(StandardCharsets.ISO_8859_1);
      long left = bytes - start.length - end.length;
      while (left > 0) {
        int now = (int) Math.min(left, block.length);
        wire.send(now == block.length ? block : Arrays.copyOf(block, now));
        left -= now;
      }
      wire.send(end);
    };
  }

  static Delivery heldWhile(BooleanSupplier held) {
    return (wire, json) -> {
      while (held.getAsBoolean()) {
        wire.pause(Duration.ofMillis(5));
      }
      PLAIN.deliver(wire, json);
    };
  }

  private static void first(Wire wire, byte[] json, int bytes) throws IOException {
    byte[] head = head(200, json.length).getBytes(StandardCharsets.ISO_8859_1);
    byte[] all = Arrays.copyOf(head, head.length + json.length);
    System.arraycopy(json, 0, all, head.length, json.length);
    wire.send(Arrays.copyOf(all, Math.min(bytes, all.length)));
  }

  private static void chunk(Wire wire, byte[] bytes) throws IOException {
    wire.send(Integer.toHexString(bytes.length) + "\r\n", bytes);
    wire.send("\r\n");
  }

  private static String chunkedHead() {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  }

  private static String head(int status, long length, String... headers) {
    String type =
        lines(headers).toLowerCase(java.util.Locale.ROOT).contains("content-type:")
            ? ""
            : "Content-Type: application/json\r\n";
    return line(status) + type + lines(headers) + "Content-Length: " + length + "\r\n\r\n";
  }

  private static String line(int status) {
    return "HTTP/1.1 " + status + (status == 200 ? " OK" : " Scripted") + "\r\n";
  }

  private static String lines(String... headers) {
    return headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
  }
}
