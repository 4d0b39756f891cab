package io.jethproxy.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * A WebSocket client that says whatever a test wants, proper or not, frame by frame or byte by
 * byte, and shows each frame that comes back.
 */
public final class RawWs implements AutoCloseable {

  public static final int FIN = 0x80;
  public static final int DEFLATED = 0x40;
  public static final int CONTINUATION = 0;
  public static final int TEXT = 1;
  public static final int BINARY = 2;
  public static final int CLOSE = 8;
  public static final int PING = 9;
  public static final int PONG = 10;

  private static final int BYTES_MAX = 64 << 20;
  private static final byte[] MASK = {0x37, (byte) 0xfa, 0x21, 0x3d};

  /** The key of RFC 6455's example. */
  public static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  /** What RFC 6455 says is the answer to it. */
  public static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

  /** One frame from the server. */
  @SuppressWarnings("ArrayRecordComponent") // one owner, never compared
  public record Frame(int first, byte[] payload) {
    public int opcode() {
      return first & 0x0f;
    }

    public boolean last() {
      return (first & FIN) != 0;
    }

    public String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }

    /** The code of a close frame; 1005 when it has none. */
    public int code() {
      return payload.length < 2 ? 1005 : (payload[0] & 0xff) << 8 | (payload[1] & 0xff);
    }

    /** The reason of a close frame. */
    public String reason() {
      return payload.length < 2
          ? ""
          : new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
    }
  }

  private final Socket socket;
  private final DataInputStream in;

  private RawWs(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  /** Connects without a word. */
  public static RawWs connect(int port) throws IOException {
    return connect(port, 0);
  }

  /**
   * Connects without a word.
   *
   * @param receiveBytes of the socket's buffer, so that not reading is soon felt; 0 for the usual
   */
  public static RawWs connect(int port, int receiveBytes) throws IOException {
    Socket socket = new Socket();
    socket.setTcpNoDelay(true);
    if (receiveBytes > 0) {
      socket.setReceiveBufferSize(receiveBytes);
    }
    socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 5_000);
    socket.setSoTimeout(10_000);
    return new RawWs(socket);
  }

  /** Connects and shakes hands. */
  public static RawWs open(int port, String path, String... headers) throws IOException {
    RawWs ws = connect(port);
    ws.send(handshake(path, headers));
    HttpMessage answer = ws.response();
    if (answer.status() != 101) {
      throw new AssertionError("status " + answer.status() + " (expected: 101)");
    }
    return ws;
  }

  /** A proper request for a WebSocket with further headers. */
  public static String handshake(String path, String... headers) {
    StringBuilder request =
        new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n");
    request.append("Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n");
    request.append("Sec-WebSocket-Key: ").append(KEY).append("\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    return request.append("\r\n").toString();
  }

  /** The answer to a handshake; headers only when it is 101. */
  public HttpMessage response() throws IOException {
    return HttpMessage.readResponse(in, BYTES_MAX).orElseThrow(EOFException::new);
  }

  /** Sends text as ISO-8859-1: each character is one byte. */
  public RawWs send(String bytes) throws IOException {
    return send(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  public RawWs send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  public RawWs text(String message) throws IOException {
    return send(frame(FIN | TEXT, message.getBytes(StandardCharsets.UTF_8)));
  }

  /** A masked frame with the shortest length. */
  public static byte[] frame(int first, byte[] payload) {
    return frame(first, payload.length <= 125 ? 0 : payload.length <= 0xffff ? 2 : 8, payload);
  }

  /**
   * A masked frame.
   *
   * @param lengthBytes how many bytes after the second say the length: 0, 2 or 8
   */
  public static byte[] frame(int first, int lengthBytes, byte[] payload) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream(payload.length + 14);
    frame.write(first);
    frame.write(0x80 | (lengthBytes == 0 ? payload.length : lengthBytes == 2 ? 126 : 127));
    for (int shift = 8 * (lengthBytes - 1); shift >= 0; shift -= 8) {
      frame.write(shift >= 32 ? 0 : payload.length >>> shift);
    }
    frame.writeBytes(MASK);
    for (int i = 0; i < payload.length; i++) {
      frame.write(payload[i] ^ MASK[i & 3]);
    }
    return frame.toByteArray();
  }

  /** A close frame with a code and a reason. */
  public static byte[] closing(int code, String reason) {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    byte[] payload = new byte[2 + text.length];
    payload[0] = (byte) (code >> 8);
    payload[1] = (byte) code;
    System.arraycopy(text, 0, payload, 2, text.length);
    return frame(FIN | CLOSE, payload);
  }

  /** The next frame; empty when the server has ended the connection. */
  public Optional<Frame> read() throws IOException {
    try {
      int first = in.read();
      if (first < 0) {
        return Optional.empty();
      }
      int second = in.readUnsignedByte();
      if ((second & 0x80) != 0) {
        throw new AssertionError("a masked frame");
      }
      long length =
          switch (second) {
            case 126 -> in.readUnsignedShort();
            case 127 -> in.readLong();
            default -> second;
          };
      byte[] payload = new byte[Math.toIntExact(length)];
      in.readFully(payload);
      return Optional.of(new Frame(first, payload));
    } catch (EOFException | SocketException ended) {
      return Optional.empty();
    }
  }

  /** The next frame that is no ping. */
  public Frame next() throws IOException {
    for (Optional<Frame> frame = read(); frame.isPresent(); frame = read()) {
      if (frame.get().opcode() != PING) {
        return frame.get();
      }
    }
    throw new AssertionError("the connection has ended");
  }

  /** Reads on to the close frame; the last word of a server. */
  public Frame readToClose() throws IOException {
    for (Frame frame = next(); ; frame = next()) {
      if (frame.opcode() == CLOSE) {
        return frame;
      }
    }
  }

  /** Reads the next message, put together of its fragments; pings and pongs are passed over. */
  public String message() throws IOException {
    byte[] whole = {};
    for (Frame frame = next(); ; frame = next()) {
      if (frame.opcode() == CLOSE) {
        throw new AssertionError("closed: " + frame.code() + " " + frame.reason());
      }
      if (frame.opcode() != PONG) {
        int before = whole.length;
        whole = Arrays.copyOf(whole, before + frame.payload().length);
        System.arraycopy(frame.payload(), 0, whole, before, frame.payload().length);
        if (frame.last()) {
          return new String(whole, StandardCharsets.UTF_8);
        }
      }
    }
  }

  /** Whether the server ends the connection within this time. */
  public boolean endsWithin(Duration atMost) throws IOException {
    socket.setSoTimeout((int) atMost.toMillis());
    try {
      while (read().isPresent()) {
        // more may come before the end
      }
      return true;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    }
  }

  /** Throws the connection away: the peer sees a reset. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
