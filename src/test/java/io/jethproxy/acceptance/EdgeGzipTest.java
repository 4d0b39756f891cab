package io.jethproxy.acceptance;

import static io.jethproxy.acceptance.EdgeRig.SOON;
import static io.jethproxy.acceptance.EdgeRig.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.HttpMessage;
import io.jethproxy.testing.RawHttp;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compression in both directions, and what can be done with it to a careless reader. */
class EdgeGzipTest {

  private static final String ASK = request("1", "eth_chainId");
  private static final String ANSWER = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x1\"}";

  private static EdgeRig rig;

  @BeforeAll
  static void start() {
    rig = EdgeRig.start();
  }

  @AfterAll
  static void close() {
    rig.close();
  }

  @BeforeEach
  void forget() {
    rig.forgetAsked();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "GZIP"})
  void takesACompressedBody(String coding) throws IOException {
    assertThat(post(coding, gzip(ASK.getBytes(StandardCharsets.UTF_8))).text()).isEqualTo(ANSWER);
  }

  @Test
  void takesABodyThatIsNotCompressedAndSaysSo() throws IOException {
    assertThat(post("identity", ASK.getBytes(StandardCharsets.UTF_8)).text()).isEqualTo(ANSWER);
  }

  @Test
  void inflatesUpToTheLimitAndRefusesMore() throws IOException {
    byte[] largest = (ASK + " ".repeat((4 << 20) - ASK.length())).getBytes(StandardCharsets.UTF_8);

    assertThat(post("gzip", gzip(largest)).text()).isEqualTo(ANSWER);
    HttpMessage refused = post("gzip", gzip(Arrays.copyOf(largest, largest.length + 1)));
    assertThat(refused.status()).isEqualTo(413);
    assertThat(refused.text()).contains("\"reason\":\"too_big\"").contains("\"code\":-32600");
  }

  @Test
  void refusesABombOfAGigabyteAndGoesOn() throws IOException {
    byte[] bomb = bomb(1 << 30);
    assertThat(bomb.length).isLessThan(1 << 20).isGreaterThan(1 << 19);

    assertThat(post("gzip", bomb).status()).isEqualTo(413);
    assertThat(rig.client().post(ASK).text()).isEqualTo(ANSWER);
  }

  @Test
  void refusesWhatIsNotGzip() throws IOException {
    byte[] good = gzip(ASK.getBytes(StandardCharsets.UTF_8));
    byte[] wrongSum = good.clone();
    wrongSum[wrongSum.length - 5] ^= 1;

    assertThat(post("gzip", ASK.getBytes(StandardCharsets.UTF_8)).status()).isEqualTo(400);
    assertThat(post("gzip", new byte[0]).status()).isEqualTo(400);
    assertThat(post("gzip", Arrays.copyOf(good, good.length - 9)).status()).isEqualTo(400);
    assertThat(post("gzip", wrongSum).status()).isEqualTo(400);
    assertThat(post("gzip", Arrays.copyOf(good, 5)).status()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gzip,gzip",
        "gzip, gzip",
        "gzip\r\nContent-Encoding: gzip",
        "identity, gzip",
        "br",
        "deflate",
        "zstd",
        "compress",
        "x-unknown",
        "gzip;q=1",
        ""
      })
  void refusesOtherCodings(String coding) throws IOException {
    HttpMessage refused =
        post(coding, gzip(gzip(request("1", "eth_gasPrice").getBytes(StandardCharsets.UTF_8))));

    assertThat(refused.status()).isEqualTo(415);
    assertThat(refused.text()).contains("\"reason\":\"unsupported_media\"");
    assertThat(rig.asked()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "GZip", "br, gzip;q=0.5, *;q=0", "deflate,gzip", "gzip;q=1.0"})
  void compressesALargeAnswerForAClientThatTakesIt(String accepted) throws IOException {
    String large = '"' + "0x" + "ab".repeat(50_000) + '"';
    rig.provider.on("eth_call").answer(large);

    HttpMessage answer = ask(accepted);

    assertThat(answer.header("content-encoding")).contains("gzip");
    assertThat(answer.header("vary")).contains("accept-encoding");
    assertThat(answer.header("content-type")).contains("application/json");
    assertThat(answer.bytes().length).isLessThan(10_000);
    assertThat(inflated(answer.bytes()))
        .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" + large + "}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "identity", "br", "gzip;q=0", "gzip; q=0.000", "gzipped", "x-gzip-not"})
  void doesNotCompressForAClientThatDoesNotTakeIt(String accepted) throws IOException {
    rig.provider.on("eth_call").answer('"' + "0x" + "ab".repeat(5_000) + '"');

    HttpMessage answer = ask(accepted);

    assertThat(answer.header("content-encoding")).isEmpty();
    assertThat(answer.text()).endsWith("abab\"}");
  }

  @Test
  void doesNotCompressASmallAnswer() throws IOException {
    rig.provider.on("eth_call").answer("\"0x1\"");

    assertThat(ask("gzip").header("content-encoding")).isEmpty();
  }

  private static HttpMessage ask(String accepted) throws IOException {
    return rig.first(
        RawHttp.post("/", request("1", "eth_call"))
            .replace("Host:", "Accept-Encoding: " + accepted + "\r\nHost:"));
  }

  private static HttpMessage post(String coding, byte[] body) throws IOException {
    try (RawHttp raw = rig.connect()) {
      return raw.send(
              "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Encoding: "
                  + coding
                  + "\r\nContent-Length: "
                  + body.length
                  + "\r\n\r\n")
          .send(body)
          .readResponse(SOON)
          .orElseThrow();
    }
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  /**
   * Zeros, compressed once as a block of 64 MiB and repeated: members follow each other in gzip.
   */
  private static byte[] bomb(long bytes) throws IOException {
    byte[] block = gzip(new byte[64 << 20]);
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    for (long packed = 0; packed < bytes; packed += 64 << 20) {
      bomb.write(block);
    }
    return bomb.toByteArray();
  }

  private static String inflated(byte[] bytes) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
