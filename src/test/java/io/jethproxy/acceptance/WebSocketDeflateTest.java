package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.jethproxy.testing.RawWs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compressed messages, RFC 7692: no state between two, and no more memory than without. */
class WebSocketDeflateTest {

  private static final String OFFER = "Sec-WebSocket-Extensions: permessage-deflate";
  private static final int TEXT = RawWs.FIN | RawWs.DEFLATED | RawWs.TEXT;

  private static EdgeRig rig;

  @BeforeAll
  static void open() {
    rig = EdgeRig.start();
  }

  @AfterAll
  static void close() {
    rig.close();
  }

  private static byte[] deflated(byte[] message) {
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    deflater.setInput(message);
    byte[] out = new byte[message.length + 1_000];
    int length = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
    deflater.end();
    return Arrays.copyOf(out, length - 4);
  }

  private static String inflated(byte[] message) throws DataFormatException {
    Inflater inflater = new Inflater(true);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] step = new byte[1 << 16];
    for (byte[] input : new byte[][] {message, {0, 0, -1, -1}}) {
      inflater.setInput(input);
      for (int count = inflater.inflate(step); count > 0; count = inflater.inflate(step)) {
        out.write(step, 0, count);
      }
    }
    inflater.end();
    return out.toString(StandardCharsets.UTF_8);
  }

  static Stream<Arguments> offers() {
    String yes = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    return Stream.of(
        arguments("permessage-deflate", yes),
        arguments("permessage-deflate; client_max_window_bits", yes),
        arguments("permessage-deflate; client_max_window_bits=\"10\"", yes),
        arguments("permessage-deflate; server_no_context_takeover", yes),
        arguments(
            "permessage-deflate; server_max_window_bits=15", yes + "; server_max_window_bits=15"),
        arguments("x-odd, permessage-deflate; client_no_context_takeover", yes),
        arguments("permessage-deflate; server_max_window_bits=10, permessage-deflate", yes),
        arguments("permessage-deflate; server_max_window_bits=10", ""),
        arguments("permessage-deflate; server_max_window_bits", ""),
        arguments("permessage-deflate; client_max_window_bits=7", ""),
        arguments("permessage-deflate; client_max_window_bits=16", ""),
        arguments("permessage-deflate; unknown", ""),
        arguments("permessage-deflate; client_no_context_takeover=1", ""),
        arguments("permessage-deflate; client_no_context_takeover; client_no_context_takeover", ""),
        arguments("x-webkit-deflate-frame", ""));
  }

  @ParameterizedTest
  @MethodSource("offers")
  void acceptsOffersThatItCanKeep(String offer, String accepted) throws IOException {
    try (RawWs ws = RawWs.connect(rig.port())) {
      ws.send(RawWs.handshake("/", "Sec-WebSocket-Extensions: " + offer));

      assertThat(ws.response().header("sec-websocket-extensions").orElse("")).isEqualTo(accepted);
    }
  }

  @Test
  void readsCompressedMessagesInFragmentsToo() throws IOException {
    byte[] message = deflated(EdgeRig.request("1", "eth_chainId").getBytes(StandardCharsets.UTF_8));
    try (RawWs ws = RawWs.open(rig.port(), "/", OFFER)) {
      for (int i = 0; i < 3; i++) {
        ws.send(RawWs.frame(TEXT, message));
        assertThat(ws.message()).contains("0x1");
      }
      ws.send(RawWs.frame(RawWs.DEFLATED | RawWs.TEXT, Arrays.copyOf(message, 9)));
      ws.send(
          RawWs.frame(
              RawWs.FIN | RawWs.CONTINUATION, Arrays.copyOfRange(message, 9, message.length)));
      assertThat(ws.message()).contains("0x1");
      ws.text(EdgeRig.request("1", "eth_chainId"));
      assertThat(ws.message()).contains("0x1");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1_024, 60_000, 1 << 20})
  void readsMessagesUpToTheLimitOnTheLoopOrBesideIt(int bytes) throws IOException {
    String start = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_chainId\",\"x\":\"";
    String whole = start + "x".repeat(bytes - start.length() - 2) + "\"}";
    try (RawWs ws = RawWs.open(rig.port(), "/", OFFER)) {
      ws.send(RawWs.frame(TEXT, deflated(whole.getBytes(StandardCharsets.UTF_8))));

      assertThat(ws.message()).contains("0x1");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {(1 << 20) + 1, 64 << 20})
  void closesForABombWithoutInflatingIt(int bytes) throws IOException {
    byte[] bomb = deflated(new byte[bytes]);
    assertThat(bomb.length).isLessThan(1 << 17);
    try (RawWs ws = RawWs.open(rig.port(), "/", OFFER)) {
      ws.send(RawWs.frame(TEXT, bomb));

      assertThat(ws.next().code()).isEqualTo(1009);
    }
  }

  static Stream<Arguments> broken() {
    return Stream.of(
        arguments("no deflate", HexFormat.of().parseHex("ffffffff")),
        arguments(
            "half a stream",
            Arrays.copyOf(deflated("x1x2x3x4x5".repeat(9).getBytes(StandardCharsets.UTF_8)), 6)),
        arguments("not UTF-8 within", deflated(new byte[] {'"', -1, '"'})),
        arguments("half a character within", deflated(new byte[] {'"', (byte) 0xc3})));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("broken")
  void closesForWhatIsNoText(String name, byte[] sent) throws IOException {
    try (RawWs ws = RawWs.open(rig.port(), "/", OFFER)) {
      ws.send(RawWs.frame(TEXT, sent));

      assertThat(ws.next().code()).isEqualTo(1007);
    }
  }

  @Test
  void closesForTheBitWithoutTheAgreementAndOnOtherFrames() throws IOException {
    try (RawWs ws = RawWs.open(rig.port(), "/")) {
      ws.send(RawWs.frame(TEXT, deflated(new byte[] {'1'})));
      assertThat(ws.next().code()).isEqualTo(1002);
    }
    try (RawWs ws = RawWs.open(rig.port(), "/", OFFER)) {
      ws.send(RawWs.frame(RawWs.FIN | RawWs.DEFLATED | RawWs.PING, new byte[0]));
      assertThat(ws.next().code()).isEqualTo(1002);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 2_000, 40_000, 600_000})
  void compressesAnswersOfAKilobyteAndMore(int bytes) throws Exception {
    String result = "\"0x" + "ab".repeat(bytes / 2) + "\"";
    rig.provider.forgetScript().on("eth_call").answer(result);
    try (RawWs ws = RawWs.open(rig.port(), "/", OFFER)) {
      for (int i = 0; i < 2; i++) {
        ws.text(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_call\",\"params\":[{},\"latest\"]}");
        RawWs.Frame frame = ws.next();

        boolean compressed = (frame.first() & RawWs.DEFLATED) != 0;
        assertThat(compressed).isEqualTo(bytes >= 1_000);
        assertThat(compressed ? inflated(frame.payload()) : frame.text())
            .endsWith(",\"result\":" + result + "}");
      }
    }
  }
}
