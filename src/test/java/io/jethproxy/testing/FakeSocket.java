package io.jethproxy.testing;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * One WebSocket of a {@link FakeProvider}, after the upgrade: answers questions as its HTTP does,
 * and tells its subscriptions what {@link FakeSockets} says. Frames up to 16 MiB are read.
 */
final class FakeSocket {

  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  private static final int FINAL = 0x80;
  private static final int FRAME_BYTES_MAX = 16 << 20;
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private final FakeProvider provider;
  private final FakeSockets all;
  private final Wire wire;
  private final int number;
  private final HttpMessage handshake;

  /** What each subscription is about, by its id. */
  private final Map<String, String> subscriptions = new ConcurrentHashMap<>();

  private int asked;

  FakeSocket(FakeProvider provider, FakeSockets all, Wire wire, int number, HttpMessage handshake) {
    this.provider = provider;
    this.all = all;
    this.wire = wire;
    this.number = number;
    this.handshake = handshake;
  }

  /** Accepts the handshake and serves until one of the two leaves. */
  void serve(InputStream in) throws IOException {
    wire.send(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: "
            + accept(handshake.header("Sec-WebSocket-Key").orElse(""))
            + "\r\n\r\n");
    all.opened(this);
    try {
      DataInputStream frames = new DataInputStream(in);
      while (readFrame(frames)) {
        wire.passFrost();
      }
      wire.close();
    } finally {
      all.closed(this);
    }
  }

  private static String accept(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads one frame; false when it was the last. */
  private boolean readFrame(DataInputStream in) throws IOException {
    int first = in.readUnsignedByte();
    int second = in.readUnsignedByte();
    if ((second & 0x80) == 0) {
      throw new IOException("a frame without a mask (expected: clients mask)");
    }
    long length =
        switch (second & 0x7f) {
          case 126 -> in.readUnsignedShort();
          case 127 -> in.readLong();
          default -> second & 0x7f;
        };
    if (length < 0 || length > FRAME_BYTES_MAX) {
      throw new IOException("frame: " + length + " bytes (expected: <= " + FRAME_BYTES_MAX + ")");
    }
    byte[] mask = in.readNBytes(4);
    byte[] payload = in.readNBytes((int) length);
    for (int i = 0; i < payload.length; i++) {
      payload[i] ^= mask[i & 3];
    }
    return take(first & 0x0f, payload);
  }

  private boolean take(int opcode, byte[] payload) throws IOException {
    switch (opcode) {
      case TEXT -> answer(payload);
      case PING -> {
        all.pinged();
        if (!all.isMute()) {
          frame(PONG, payload);
        }
      }
      case PONG -> all.ponged();
      case CLOSE -> {
        all.closedBy(payload.length < 2 ? 0 : ByteBuffer.wrap(payload).getShort());
        frame(CLOSE, payload);
        return false;
      }
      default -> throw new IOException("opcode " + opcode + " (expected: text or control)");
    }
    return true;
  }

  private void answer(byte[] text) throws IOException {
    for (RpcText.Item item : RpcText.items(text).list()) {
      Asked question =
          new Asked(
              provider.nextOrder(),
              System.nanoTime(),
              number,
              ++asked,
              "WS",
              handshake.startLine().split(" ", 3)[1],
              handshake.headers(),
              0,
              item.method(),
              item.id(),
              item.params(),
              new String(text, StandardCharsets.UTF_8));
      provider.record(question);
      if (!all.isMute()) {
        reply(question);
      }
    }
  }

  private void reply(Asked question) throws IOException {
    String member = member(question);
    text(
        provider
            .ruleFor(question)
            .map(rule -> rule.json(question, member))
            .orElseGet(() -> question.proper(member)));
    all.changed();
  }

  private String member(Asked question) {
    JsonNode params = params(question.params());
    return switch (question.method()) {
      case "eth_subscribe" -> {
        String id = "0x" + Long.toHexString(all.nextId());
        subscriptions.put(id, params.path(0).asString(""));
        yield "\"result\":\"" + id + "\"";
      }
      case "eth_unsubscribe" ->
          "\"result\":" + (subscriptions.remove(params.path(0).asString("")) != null);
      default -> provider.world().reply(question.method(), params);
    };
  }

  private static JsonNode params(String json) {
    try {
      return RpcText.JSON.readTree(json.isEmpty() ? "[]" : json);
    } catch (JacksonException e) {
      return RpcText.JSON.createArrayNode();
    }
  }

  // What it tells.

  int subscriptions(String kind) {
    return (int) subscriptions.values().stream().filter(kind::equals).count();
  }

  /** Tells each subscription of this kind. */
  void tell(String kind, String result) {
    subscriptions.forEach((id, about) -> {
      if (about.equals(kind)) {
        send(
            TEXT,
            ("{\"jsonrpc\":\"2.0\",\"method\":\"eth_subscription\",\"params\":{\"subscription\":\""
                    + id
                    + "\",\"result\":"
                    + result
                    + "}}")
                .getBytes(StandardCharsets.UTF_8));
      }
    });
  }

  /** Sends a whole frame; whether the client is still there does not matter. */
  void send(int opcode, byte[] payload) {
    try {
      frame(opcode, payload);
    } catch (IOException e) {
      wire.reset();
    }
  }

  /** Sends bytes as they are. */
  void raw(byte[] bytes) {
    try {
      synchronized (wire) {
        wire.send(bytes);
      }
    } catch (IOException e) {
      wire.reset();
    }
  }

  void reset() {
    wire.reset();
  }

  HttpMessage handshake() {
    return handshake;
  }

  private void text(String json) throws IOException {
    frame(TEXT, json.getBytes(StandardCharsets.UTF_8));
  }

  private void frame(int opcode, byte[] payload) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(payload.length + 10);
    frame.put((byte) (FINAL | opcode));
    if (payload.length < 126) {
      frame.put((byte) payload.length);
    } else if (payload.length < 1 << 16) {
      frame.put((byte) 126).putShort((short) payload.length);
    } else {
      frame.put((byte) 127).putLong(payload.length);
    }
    frame.put(payload);
    byte[] bytes = new byte[frame.position()];
    frame.flip().get(bytes);
    synchronized (wire) {
      wire.send(bytes);
    }
  }
}
