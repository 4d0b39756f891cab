package io.jethproxy.consistency;

import io.jethproxy.testing.HttpMessage;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;

/**
 * A WebSocket port of a gateway as they are often written, with subscriptions and nothing else,
 * made of the first node. Ends with {@link #close}.
 */
final class SmallSockets implements AutoCloseable {

  private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final long POLL_NANOS = 20_000_000;
  private static final int BYTES_MAX = 4 << 20;
  private static final int TEXT = 1;

  /** Lets a feed tell what is new, in its way. */
  interface Way {
    void poll(SmallFeed feed) throws IOException;
  }

  private final ServerSocket listener;
  private final int nodePort;
  private final Way way;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  SmallSockets(int nodePort, Way way) {
    this.nodePort = nodePort;
    this.way = way;
    try {
      listener = new ServerSocket(0, 1_024, InetAddress.ofLiteral("127.0.0.1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name("small-sockets").start(this::accept);
  }

  URI uri() {
    return URI.create("ws://127.0.0.1:" + listener.getLocalPort());
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        open.add(client);
        Thread.ofVirtual().name("small-socket").start(() -> serve(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        PostClient node = new PostClient(nodePort, PATIENCE)) {
      client.setTcpNoDelay(true);
      BufferedInputStream in = new BufferedInputStream(client.getInputStream());
      Optional<HttpMessage> opening = HttpMessage.readRequest(in, BYTES_MAX);
      String key = opening.flatMap(o -> o.header("Sec-WebSocket-Key")).orElseThrow();
      client
          .getOutputStream()
          .write(
              ("HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                      + accept(key)
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.ISO_8859_1));
      new Conversation(new DataInputStream(in), client.getOutputStream(), node).hold();
    } catch (IOException e) {
      return; // either side is gone
    } finally {
      open.remove(client);
    }
  }

  private static String accept(String key) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      byte[] digest = sha1.digest((key + ACCEPT_SUFFIX).getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One connection: requests are answered between polls. */
  private final class Conversation {

    private final DataInputStream in;
    private final OutputStream out;
    private final PostClient node;
    private final List<SmallFeed> feeds = new ArrayList<>();

    Conversation(DataInputStream in, OutputStream out, PostClient node) {
      this.in = in;
      this.out = out;
      this.node = node;
    }

    void hold() throws IOException {
      while (true) {
        while (in.available() > 0) {
          if (!answer(Json.read(read()))) {
            return;
          }
        }
        for (SmallFeed feed : feeds) {
          way.poll(feed);
        }
        LockSupport.parkNanos(POLL_NANOS);
      }
    }

    /** Whether it goes on. */
    private boolean answer(JsonNode request) throws IOException {
      if (!request.isObject()) {
        return false; // a close frame has no request in it
      }
      switch (request.path("method").asString()) {
        case SubscriptionChecks.SUBSCRIBE -> {
          String id = Json.quoted("0x" + feeds.size());
          write(Json.answer(request.path("id"), "\"result\":" + id));
          feeds.add(new SmallFeed(node, request.path("params"), result -> tell(id, result)));
        }
        case SubscriptionChecks.UNSUBSCRIBE ->
            write(Json.answer(request.path("id"), "\"result\":true"));
        default -> write(node.post(request.toString()).text());
      }
      return true;
    }

    private void tell(String id, JsonNode result) {
      write(
          "{\"jsonrpc\":\"2.0\",\"method\":\"%s\",\"params\":{\"subscription\":%s,\"result\":%s}}"
              .formatted(SubscriptionChecks.NOTICE, id, result));
    }

    /** The text of a masked frame, or null as text when it is another one. */
    private String read() throws IOException {
      int opcode = in.readUnsignedByte() & 0x0f;
      int length = in.readUnsignedByte() & 0x7f;
      length = length == 126 ? in.readUnsignedShort() : length;
      byte[] mask = in.readNBytes(4);
      byte[] text = in.readNBytes(length);
      for (int i = 0; i < text.length; i++) {
        text[i] ^= mask[i % 4];
      }
      return opcode == TEXT ? new String(text, StandardCharsets.UTF_8) : "null";
    }

    private void write(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      ByteArrayOutputStream frame = new ByteArrayOutputStream(bytes.length + 10);
      frame.write(0x80 | TEXT);
      if (bytes.length <= 125) {
        frame.write(bytes.length);
      } else {
        frame.write(126);
        frame.write(bytes.length >> 8);
        frame.write(bytes.length);
      }
      frame.writeBytes(bytes);
      try {
        out.write(frame.toByteArray());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
