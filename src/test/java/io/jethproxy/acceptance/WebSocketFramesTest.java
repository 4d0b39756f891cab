package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.jethproxy.testing.RawWs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The frames of RFC 6455, proper ones and others, in the spirit of Autobahn's suite. */
class WebSocketFramesTest {

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final int FIN = RawWs.FIN;

  private static EdgeRig rig;

  @BeforeAll
  static void open() {
    rig = EdgeRig.start();
  }

  @AfterAll
  static void close() {
    rig.close();
  }

  private static RawWs connect() throws IOException {
    return RawWs.open(rig.port(), "/");
  }

  /** A request of exactly so many bytes, at least 100. */
  private static byte[] request(int bytes) {
    String start = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_chainId\",\"x\":\"";
    return (start + "x".repeat(bytes - start.length() - 2) + "\"}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] frame(int first, String payload) {
    return RawWs.frame(first, payload.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertServes(RawWs ws) throws IOException {
    ws.text(EdgeRig.request("77", "eth_chainId"));
    assertThat(ws.message()).contains("\"id\":77").contains("0x1");
  }

  private static void assertRefuses(byte[] sent, int code) throws IOException {
    try (RawWs ws = connect()) {
      ws.send(sent);

      assertThat(ws.readToClose().code()).isEqualTo(code);
      assertThat(ws.endsWithin(SOON)).isTrue();
    }
  }

  // Lengths.

  @ParameterizedTest
  @ValueSource(ints = {100, 125, 126, 127, 128, 65_535, 65_536, 65_537, 1 << 20})
  void takesMessagesOfEachLength(int bytes) throws IOException {
    try (RawWs ws = connect()) {
      ws.send(RawWs.frame(FIN | RawWs.TEXT, request(bytes)));

      assertThat(ws.message()).contains("0x1");
      assertServes(ws);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {(1 << 20) + 1, 2 << 20})
  void closesForAMessageOverTheLimitAtItsHead(int bytes) throws IOException {
    byte[] whole = RawWs.frame(FIN | RawWs.TEXT, new byte[bytes]);

    assertRefuses(Arrays.copyOf(whole, 14), 1009);
  }

  @Test
  void closesForFragmentsThatAreTogetherOverTheLimit() throws IOException {
    assertRefuses(
        join(
            RawWs.frame(RawWs.TEXT, request(1 << 19)),
            RawWs.frame(RawWs.CONTINUATION, request(1 << 19)),
            frame(FIN | RawWs.CONTINUATION, "x")),
        1009);
  }

  static Stream<Arguments> oddLengths() {
    return Stream.of(
        arguments("125 in 16 bits", RawWs.frame(FIN | RawWs.TEXT, 2, request(125))),
        arguments("100 in 64 bits", RawWs.frame(FIN | RawWs.TEXT, 8, request(100))),
        arguments("65535 in 64 bits", RawWs.frame(FIN | RawWs.TEXT, 8, request(65_535))),
        arguments("the highest bit set", HexFormat.of().parseHex("81ff8000000000000001")),
        arguments("all bits set", HexFormat.of().parseHex("81ffffffffffffffffff")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("oddLengths")
  void closesForALengthThatIsNotWrittenAsItMustBe(String name, byte[] sent) throws IOException {
    assertRefuses(sent, 1002);
  }

  // Opcodes, bits and masks.

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5, 6, 7, 11, 12, 13, 14, 15})
  void closesForAnOpcodeThatIsNotDefined(int opcode) throws IOException {
    assertRefuses(frame(FIN | opcode, "x"), 1002);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70})
  void closesForReservedBits(int bits) throws IOException {
    assertRefuses(frame(FIN | bits | RawWs.TEXT, "{}"), 1002);
    assertRefuses(frame(FIN | bits | RawWs.PING, ""), 1002);
  }

  @Test
  void closesForAFrameWithoutAMask() throws IOException {
    assertRefuses(new byte[] {(byte) 0x81, 2, '{', '}'}, 1002);
    assertRefuses(new byte[] {(byte) 0x89, 0}, 1002);
  }

  @Test
  void closesForABinaryMessage() throws IOException {
    assertRefuses(frame(FIN | RawWs.BINARY, "{}"), 1003);
    assertRefuses(frame(RawWs.BINARY, ""), 1003);
  }

  // Fragments.

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 50, 99})
  void putsFragmentsTogether(int fragmentBytes) throws IOException {
    byte[] whole = request(100);
    try (RawWs ws = connect()) {
      for (int from = 0; from < whole.length; from += fragmentBytes) {
        int to = Math.min(whole.length, from + fragmentBytes);
        int first = (from == 0 ? RawWs.TEXT : RawWs.CONTINUATION) | (to == whole.length ? FIN : 0);
        ws.send(RawWs.frame(first, Arrays.copyOfRange(whole, from, to)));
      }

      assertThat(ws.message()).contains("0x1");
    }
  }

  @Test
  void takesEmptyFragmentsAnywhere() throws IOException {
    try (RawWs ws = connect()) {
      ws.send(frame(RawWs.TEXT, "")).send(frame(RawWs.CONTINUATION, ""));
      ws.send(RawWs.frame(RawWs.CONTINUATION, request(100)));
      ws.send(frame(FIN | RawWs.CONTINUATION, ""));

      assertThat(ws.message()).contains("0x1");
    }
  }

  @Test
  void answersAPingBetweenTwoFragments() throws IOException {
    byte[] whole = request(100);
    try (RawWs ws = connect()) {
      ws.send(RawWs.frame(RawWs.TEXT, Arrays.copyOf(whole, 40)));
      ws.send(frame(FIN | RawWs.PING, "now"));
      RawWs.Frame pong = ws.next();
      ws.send(RawWs.frame(FIN | RawWs.CONTINUATION, Arrays.copyOfRange(whole, 40, 100)));

      assertThat(pong.opcode()).isEqualTo(RawWs.PONG);
      assertThat(pong.text()).isEqualTo("now");
      assertThat(ws.message()).contains("0x1");
    }
  }

  static Stream<Arguments> brokenFragments() {
    return Stream.of(
        arguments("continues nothing", frame(FIN | RawWs.CONTINUATION, "x")),
        arguments("continues nothing, not the last", frame(RawWs.CONTINUATION, "x")),
        arguments(
            "continues what has ended",
            join(frame(FIN | RawWs.TEXT, "1"), frame(FIN | RawWs.CONTINUATION, "x"))),
        arguments("text within text", join(frame(RawWs.TEXT, "1"), frame(FIN | RawWs.TEXT, "x"))),
        arguments(
            "binary within text", join(frame(RawWs.TEXT, "1"), frame(FIN | RawWs.BINARY, "x"))),
        arguments("a ping in fragments", frame(RawWs.PING, "x")),
        arguments("a pong in fragments", frame(RawWs.PONG, "x")),
        arguments("a close in fragments", frame(RawWs.CLOSE, "")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("brokenFragments")
  void closesForFragmentsOutOfPlace(String name, byte[] sent) throws IOException {
    assertRefuses(sent, 1002);
  }

  // Control frames.

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 124, 125})
  void answersAPingWithItsPayload(int bytes) throws IOException {
    byte[] payload = new byte[bytes];
    Arrays.fill(payload, (byte) 0xfe); // no UTF-8, and need not be
    try (RawWs ws = connect()) {
      ws.send(RawWs.frame(FIN | RawWs.PING, payload));

      RawWs.Frame pong = ws.next();
      assertThat(pong.opcode()).isEqualTo(RawWs.PONG);
      assertThat(pong.payload()).isEqualTo(payload);
    }
  }

  @Test
  void answersTenPingsInTheirOrder() throws IOException {
    try (RawWs ws = connect()) {
      ByteArrayOutputStream pings = new ByteArrayOutputStream();
      for (int i = 0; i < 10; i++) {
        pings.writeBytes(frame(FIN | RawWs.PING, "" + i));
      }
      ws.send(pings.toByteArray());

      for (int i = 0; i < 10; i++) {
        assertThat(ws.next().text()).isEqualTo("" + i);
      }
    }
  }

  @Test
  void ignoresPongsThatNobodyAskedFor() throws IOException {
    try (RawWs ws = connect()) {
      ws.send(frame(FIN | RawWs.PONG, "")).send(frame(FIN | RawWs.PONG, "x"));

      assertServes(ws);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {RawWs.PING, RawWs.PONG, RawWs.CLOSE})
  void closesForAControlFrameOfMoreThan125Bytes(int opcode) throws IOException {
    assertRefuses(RawWs.frame(FIN | opcode, new byte[126]), 1002);
  }

  // Closing.

  @ParameterizedTest
  @ValueSource(
      ints = {
        1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1014, 3000, 3999, 4000, 4999
      })
  void answersACloseWithItsCodeAndEnds(int code) throws IOException {
    try (RawWs ws = connect()) {
      ws.send(RawWs.closing(code, "bye"));

      assertThat(ws.readToClose().code()).isEqualTo(code);
      assertThat(ws.endsWithin(SOON)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535})
  void closesForACodeThatNobodyMaySend(int code) throws IOException {
    assertRefuses(RawWs.closing(code, ""), 1002);
  }

  @Test
  void answersACloseWithoutACodeWithOneWithout() throws IOException {
    try (RawWs ws = connect()) {
      ws.send(frame(FIN | RawWs.CLOSE, ""));

      assertThat(ws.readToClose().payload()).isEmpty();
      assertThat(ws.endsWithin(SOON)).isTrue();
    }
  }

  @Test
  void closesForHalfACode() throws IOException {
    assertRefuses(frame(FIN | RawWs.CLOSE, "x"), 1002);
  }

  @Test
  void takesTheLongestReasonAndNoneThatIsNotUtf8() throws IOException {
    assertRefuses(RawWs.closing(1000, "x".repeat(123)), 1000);
    byte[] odd = {3, (byte) 0xe8, (byte) 0xff};
    assertRefuses(RawWs.frame(FIN | RawWs.CLOSE, odd), 1007);
  }

  @Test
  void hearsNothingAfterAClose() throws IOException {
    try (RawWs ws = connect()) {
      ws.send(
          join(
              RawWs.closing(1000, ""),
              frame(FIN | RawWs.TEXT, EdgeRig.request("1", "eth_chainId")),
              frame(FIN | RawWs.PING, "x")));

      assertThat(ws.next().opcode()).isEqualTo(RawWs.CLOSE);
      assertThat(ws.read()).isEmpty();
    }
  }

  // UTF-8.

  static Stream<String> properText() {
    return Stream.of(
        "κόσμε", "ࠀ", "\ud800\udc00", "\u007f\u0080߿", "\ud7ff\ue000�", "\udbff\udfff");
  }

  @ParameterizedTest
  @MethodSource("properText")
  void takesUtf8HoweverItIsCut(String text) throws IOException {
    byte[] whole = ("\"" + text + "\"").getBytes(StandardCharsets.UTF_8);
    try (RawWs ws = connect()) {
      for (int cut = 1; cut < whole.length; cut++) {
        ws.send(RawWs.frame(RawWs.TEXT, Arrays.copyOf(whole, cut)));
        ws.send(
            RawWs.frame(FIN | RawWs.CONTINUATION, Arrays.copyOfRange(whole, cut, whole.length)));

        assertThat(ws.message()).contains("-32600"); // JSON, but no request
      }
    }
  }

  static Stream<String> improperText() {
    return Stream.of(
        "ff",
        "80",
        "bf",
        "c0af",
        "c1bf",
        "e080af",
        "f08080af",
        "f0808080",
        "eda080",
        "edbfbf",
        "edada0",
        "f4908080",
        "f5808080",
        "f888808080",
        "c3",
        "e282",
        "f09f98",
        "c328",
        "e28228",
        "cebae1bdb9cf83cebcceb5f490808065646974656");
  }

  @ParameterizedTest
  @MethodSource("improperText")
  void closesForTextThatIsNotUtf8HoweverItIsCut(String hex) throws IOException {
    byte[] bytes = HexFormat.of().parseHex(hex.length() % 2 == 0 ? hex : hex + "4");
    for (int cut = 0; cut <= bytes.length; cut += Math.max(1, bytes.length / 2)) {
      assertRefuses(
          join(
              RawWs.frame(RawWs.TEXT, Arrays.copyOf(bytes, cut)),
              RawWs.frame(FIN | RawWs.CONTINUATION, Arrays.copyOfRange(bytes, cut, bytes.length))),
          1007);
    }
  }

  @Test
  void findsOutWhatIsNotUtf8BeforeTheMessageEnds() throws IOException {
    assertRefuses(join(frame(RawWs.TEXT, "x"), RawWs.frame(0, new byte[] {-1})), 1007);
  }

  // Bytes.

  @Test
  void readsFramesHoweverTheirBytesArrive() throws IOException {
    byte[] sent =
        join(
            RawWs.frame(RawWs.TEXT, Arrays.copyOf(request(130), 65)),
            frame(FIN | RawWs.PING, "p"),
            RawWs.frame(FIN | RawWs.CONTINUATION, Arrays.copyOfRange(request(130), 65, 130)));
    try (RawWs ws = connect()) {
      for (byte each : sent) {
        ws.send(new byte[] {each});
      }

      assertThat(ws.next().opcode()).isEqualTo(RawWs.PONG);
      assertThat(ws.message()).contains("0x1");
    }
  }

  @Test
  void readsAHundredThousandFragmentsOfAByteWithinTheLimit() throws IOException {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    byte[] whole = request(100_000);
    IntStream.range(0, whole.length)
        .forEach(i ->
            sent.writeBytes(
                RawWs.frame(
                    (i == 0 ? RawWs.TEXT : RawWs.CONTINUATION) | (i == whole.length - 1 ? FIN : 0),
                    new byte[] {whole[i]})));
    try (RawWs ws = connect()) {
      ws.send(sent.toByteArray());

      assertThat(ws.message()).contains("0x1");
    }
  }

  @Test
  void readsFramesThatCameWithTheHandshake() throws IOException {
    try (RawWs ws = RawWs.connect(rig.port())) {
      byte[] hello = RawWs.handshake("/").getBytes(StandardCharsets.ISO_8859_1);
      ws.send(join(hello, frame(FIN | RawWs.TEXT, EdgeRig.request("5", "eth_chainId"))));

      assertThat(ws.response().status()).isEqualTo(101);
      assertThat(ws.message()).contains("\"id\":5");
    }
  }
}
