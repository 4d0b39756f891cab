package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.Asked;
import io.jethproxy.testing.HttpMessage;
import io.jethproxy.testing.RawHttp;
import io.jethproxy.testing.RawHttp.End;
import io.jethproxy.testing.RawHttp.Heard;
import java.io.IOException;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What two readers of HTTP could read differently. Each case is followed on the same connection by
 * a marker request, which must be answered once or not at all.
 */
class EdgeSmugglingTest {

  /** One way to frame a request; {@code bytes} as ISO-8859-1. */
  record Case(String name, String bytes) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final String ASK = EdgeRig.request("1", "eth_gasPrice");
  private static final int LENGTH = ASK.length();
  private static final String HEX = Integer.toHexString(LENGTH);
  private static final String CHUNKS = HEX + "\r\n" + ASK + "\r\n0\r\n\r\n";
  private static final String SMUGGLED =
      RawHttp.post("/", EdgeRig.request("\"smuggled\"", "eth_smuggled"));
  private static final String MARKER =
      RawHttp.post("/", EdgeRig.request("\"marker\"", "eth_maxPriorityFeePerGas"))
          .replace("Host:", "Connection: close\r\nHost:");

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

  static Stream<Case> malformed() {
    return Stream.of(
        // Two lengths.
        head("both lengths", "Content-Length: 4", "Transfer-Encoding: chunked").body(CHUNKS),
        head("both lengths, other order", "Transfer-Encoding: chunked", "Content-Length: " + LENGTH)
            .body(CHUNKS),
        head("two equal lengths", "Content-Length: " + LENGTH, "Content-Length: " + LENGTH)
            .body(ASK),
        head("two different lengths", "Content-Length: " + LENGTH, "Content-Length: 0").body(ASK),
        head("a list of lengths", "Content-Length: " + LENGTH + ", " + LENGTH).body(ASK),
        // Lengths that are no numbers.
        head("a negative length", "Content-Length: -1").body(ASK),
        head("a length with plus", "Content-Length: +" + LENGTH).body(ASK),
        head("a length in hex", "Content-Length: 0x" + HEX).body(ASK),
        head("a length with a fraction", "Content-Length: " + LENGTH + ".0").body(ASK),
        head("a length with an exponent", "Content-Length: 1e2").body(ASK),
        head("a length with a space within", "Content-Length: 1 0").body(ASK),
        head("an empty length", "Content-Length:").body(ASK),
        head("a quoted length", "Content-Length: \"" + LENGTH + "\"").body(ASK),
        head("a length beyond 64 bits", "Content-Length: 18446744073709551617").body(ASK),
        head("a length with underscore", "Content-Length: 1_0").body(ASK),
        head("a length in superscript", "Content-Length: \u00b2").body(ASK),
        // Transfer codings.
        head("chunked twice", "Transfer-Encoding: chunked, chunked").body(CHUNKS),
        head("chunked in two headers", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked")
            .body(CHUNKS),
        head("chunked before identity", "Transfer-Encoding: chunked, identity").body(CHUNKS),
        head("identity before chunked", "Transfer-Encoding: identity, chunked").body(CHUNKS),
        head("identity alone", "Transfer-Encoding: identity", "Content-Length: " + LENGTH)
            .body(ASK),
        head("gzip before chunked", "Transfer-Encoding: gzip, chunked").body(CHUNKS),
        head("xchunked", "Transfer-Encoding: xchunked").body(CHUNKS),
        head("chunkedx with a length", "Transfer-Encoding: chunkedx", "Content-Length: " + LENGTH)
            .body(ASK),
        head("quoted chunked", "Transfer-Encoding: \"chunked\"").body(CHUNKS),
        head("chunked with a parameter", "Transfer-Encoding: chunked;q=1").body(CHUNKS),
        head("an empty coding", "Transfer-Encoding:", "Content-Length: " + LENGTH).body(ASK),
        head("an empty coding alone", "Transfer-Encoding: ").body(CHUNKS),
        head("chunked behind a comma", "Transfer-Encoding: ,chunked").body(CHUNKS),
        head("chunked after a vertical tab", "Transfer-Encoding: \u000bchunked").body(CHUNKS),
        head("chunked after a no-break space", "Transfer-Encoding: \u00a0chunked").body(CHUNKS),
        raw(
            "chunked in HTTP/1.0",
            "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS),
        // Header lines.
        head("a space before the colon", "Content-Length : " + LENGTH).body(ASK),
        head("a tab before the colon", "Transfer-Encoding\t: chunked").body(CHUNKS),
        head("a folded header", "X-Folded: a\r\n b", "Content-Length: " + LENGTH).body(ASK),
        head("a folded coding", "Transfer-Encoding:\r\n chunked").body(CHUNKS),
        head("a header folded by a tab", "X-Folded: a\r\n\tb", "Content-Length: " + LENGTH)
            .body(ASK),
        raw(
            "a folded first header",
            "POST / HTTP/1.1\r\n Host: a\r\nContent-Length: " + LENGTH + "\r\n\r\n" + ASK),
        head("a header without a colon", "Content-Length " + LENGTH).body(ASK),
        head("a header without a name", ": x", "Content-Length: " + LENGTH).body(ASK),
        head("a space in a name", "Content Length: " + LENGTH).body(ASK),
        head("NUL in a name", "Content-\0Length: " + LENGTH, "Content-Length: 0").body(ASK),
        head("NUL in a value", "X-Value: a\0b", "Content-Length: " + LENGTH).body(ASK),
        head("a bare CR in a value", "X-Value: a\rContent-Length: 0", "Content-Length: " + LENGTH)
            .body(ASK),
        head("a bare LF in a value", "X-Value: a\nContent-Length: 0", "Content-Length: " + LENGTH)
            .body(ASK),
        head("no host", "Content-Length: " + LENGTH).withoutHost().body(ASK),
        head("two hosts", "Host: b", "Content-Length: " + LENGTH).body(ASK),
        raw(
            "bare LF line ends",
            "POST / HTTP/1.1\nHost: a\nContent-Length: " + LENGTH + "\n\n" + ASK),
        raw(
            "one bare LF",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + LENGTH + "\n\r\n" + ASK),
        raw(
            "a bare LF at the end of the head",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + LENGTH + "\r\n\n" + ASK),
        raw(
            "CR CR LF",
            "POST / HTTP/1.1\r\r\nHost: a\r\r\nContent-Length: " + LENGTH + "\r\r\n\r\r\n" + ASK),
        // Request lines.
        line("two spaces before the target", "POST  / HTTP/1.1"),
        line("two spaces before the version", "POST /  HTTP/1.1"),
        line("a tab before the target", "POST\t/ HTTP/1.1"),
        line("a tab before the version", "POST /\tHTTP/1.1"),
        line("a space at the end", "POST / HTTP/1.1 "),
        line("a space at the start", " POST / HTTP/1.1"),
        line("a space in the target", "POST /a b HTTP/1.1"),
        line("NUL before the method", "\0POST / HTTP/1.1"),
        line("NUL in the target", "POST /\0 HTTP/1.1"),
        line("a vertical tab before the target", "POST\u000b/ HTTP/1.1"),
        line("a method that is no token", "PO(ST / HTTP/1.1"),
        line("bytes above 127 in the method", "P\u00d6ST / HTTP/1.1"),
        line("bytes above 127 in the target", "POST /\u00e9 HTTP/1.1"),
        line("no version", "POST /"),
        line("no target", "POST HTTP/1.1"),
        line("a lower-case version", "POST / http/1.1"),
        line("a version of three digits", "POST / HTTP/1.10"),
        line("a version with a space", "POST / HTTP /1.1"),
        line("another protocol", "POST / HTCPCP/1.1"),
        // Chunks.
        chunks("a chunk size that is no number", "zz\r\n" + ASK + "\r\n0\r\n\r\n"),
        chunks("a negative chunk size", "-1\r\n" + ASK + "\r\n0\r\n\r\n"),
        chunks("a chunk size with plus", "+" + HEX + "\r\n" + ASK + "\r\n0\r\n\r\n"),
        chunks("a chunk size with 0x", "0x" + HEX + "\r\n" + ASK + "\r\n0\r\n\r\n"),
        chunks("a chunk size beyond 32 bits", "1000000" + HEX + "\r\n" + ASK + "\r\n0\r\n\r\n"),
        chunks(
            "a chunk size beyond 64 bits", "10000000000000" + HEX + "\r\n" + ASK + "\r\n0\r\n\r\n"),
        chunks("an empty chunk size", "\r\n" + ASK + "\r\n0\r\n\r\n"),
        chunks("a space before a chunk size", " " + HEX + "\r\n" + ASK + "\r\n0\r\n\r\n"),
        chunks("a space after a chunk size", HEX + " \r\n" + ASK + "\r\n0\r\n\r\n"),
        chunks("a chunk size with a space within", "0 " + HEX + "\r\n" + ASK + "\r\n0\r\n\r\n"),
        chunks("a chunk line that ends in LF", HEX + "\n" + ASK + "\r\n0\r\n\r\n"),
        chunks("a chunk that ends in LF", HEX + "\r\n" + ASK + "\n0\r\n\r\n"),
        chunks("a chunk without an end", HEX + "\r\n" + ASK + "0\r\n\r\n"),
        chunks("a chunk with another end", HEX + "\r\n" + ASK + "XX0\r\n\r\n"),
        chunks("a chunk longer than its size", "1\r\n" + ASK + "\r\n0\r\n\r\n"),
        chunks("a last chunk that ends in LF", HEX + "\r\n" + ASK + "\r\n0\n\n"),
        chunks("no last chunk", HEX + "\r\n" + ASK + "\r\n"),
        chunks("LF in a chunk extension", HEX + ";a\nb\r\n" + ASK + "\r\n0\r\n\r\n"),
        chunks("CR in a chunk extension", HEX + ";a\rb\r\n" + ASK + "\r\n0\r\n\r\n"),
        chunks("NUL in a chunk extension", HEX + ";a\0\r\n" + ASK + "\r\n0\r\n\r\n"),
        chunks(
            "an endless chunk extension",
            HEX + ";" + "a".repeat(20_000) + "\r\n" + ASK + "\r\n0\r\n\r\n"),
        chunks("a trailer without a colon", HEX + "\r\n" + ASK + "\r\n0\r\nTrailer\r\n\r\n"),
        chunks("a trailer that ends in LF", HEX + "\r\n" + ASK + "\r\n0\r\nX: a\n\r\n"),
        chunks(
            "too many trailers",
            HEX
                + "\r\n"
                + ASK
                + "\r\n0\r\n"
                + "X-T: aaaaaaaaaaaaaaaaaaaa\r\n".repeat(1_000)
                + "\r\n"));
  }

  static Stream<Case> wellFormed() {
    return Stream.of(
        head("plain", "Content-Length: " + LENGTH).body(ASK),
        head("a length with leading zeros", "Content-Length: 000" + LENGTH).body(ASK),
        head("space around a length", "Content-Length: \t " + LENGTH + " \t").body(ASK),
        head("no space before a value", "Content-Length:" + LENGTH).body(ASK),
        head("chunked", "Transfer-Encoding: chunked").body(CHUNKS),
        head("CHUNKED", "TRANSFER-ENCODING: CHUNKED").body(CHUNKS),
        chunks(
            "chunks of one byte",
            ASK.chars().mapToObj(c -> "1\r\n" + (char) c + "\r\n").collect(Collectors.joining())
                + "0\r\n\r\n"),
        chunks("sizes with leading zeros", "0000" + HEX + "\r\n" + ASK + "\r\n000\r\n\r\n"),
        chunks(
            "sizes in upper case",
            HEX.toUpperCase(java.util.Locale.ROOT) + "\r\n" + ASK + "\r\n0\r\n\r\n"),
        chunks("a chunk extension", HEX + ";a=b;c=\"d\"\r\n" + ASK + "\r\n0;x\r\n\r\n"),
        chunks("a trailer", HEX + "\r\n" + ASK + "\r\n0\r\nX-Checksum: 1\r\n\r\n"),
        chunks(
            "a length as a trailer", HEX + "\r\n" + ASK + "\r\n0\r\nContent-Length: 500\r\n\r\n"),
        // Nobody reads trailers, so it does not matter that Netty unfolds them.
        chunks("a folded trailer", HEX + "\r\n" + ASK + "\r\n0\r\nX: a\r\n b\r\n\r\n"),
        raw("an empty line before the request", "\r\n" + RawHttp.post("/", ASK)),
        line("a query", "POST /?a=b&c HTTP/1.1"),
        line("HTTP/1.0 kept alive", "POST / HTTP/1.0\r\nConnection: keep-alive"));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void refusesWhatCanBeReadInTwoWaysAndEndsTheConnection(Case tried) throws IOException {
    Heard heard = rig.exchange(tried.bytes() + SMUGGLED + MARKER);

    assertThat(heard.end()).isEqualTo(End.CLOSED);
    assertThat(heard.responses()).as(heard.text()).hasSize(1);
    HttpMessage refusal = heard.responses().getFirst();
    assertThat(refusal.status()).isIn(400, 431);
    assertThat(refusal.header("connection")).contains("close");
    assertThat(refusal.text()).contains("\"error\":{\"code\":-32600,");
    assertThat(rig.asked()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("wellFormed")
  void answersTheRequestAndTheMarkerOnce(Case tried) throws IOException {
    Heard heard = rig.exchange(tried.bytes() + MARKER);

    assertThat(heard.end()).isEqualTo(End.CLOSED);
    assertThat(heard.responses())
        .as(heard.text())
        .hasSize(2)
        .allMatch(each -> each.status() == 200);
    assertThat(heard.responses().get(0).text()).contains("\"id\":1,\"result\"");
    assertThat(heard.responses().get(1).text()).contains("\"id\":\"marker\",\"result\"");
    assertThat(rig.asked())
        .extracting(Asked::method)
        .containsExactlyInAnyOrder("eth_gasPrice", "eth_maxPriorityFeePerGas");
  }

  @Test
  void readsTheMarkerAsBodyWhenTheLengthSaysSo() throws IOException {
    String longer = head("", "Content-Length: " + (LENGTH + MARKER.length())).body(ASK).bytes();

    Heard heard = rig.exchange(longer + MARKER + MARKER);

    assertThat(heard.responses()).extracting(HttpMessage::status).containsExactly(400, 200);
    assertThat(rig.asked()).hasSize(1);
  }

  @Test
  void answersARequestThatIsShorterThanItsBodyAndRefusesTheRest() throws IOException {
    Heard heard =
        rig.exchange(head("", "Content-Length: " + LENGTH).body(ASK + "more").bytes() + MARKER);

    assertThat(heard.responses()).hasSize(2);
    assertThat(heard.responses().get(0).status()).isEqualTo(200);
    assertThat(heard.responses().get(1).status()).isIn(400, 405);
    assertThat(rig.asked()).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("wellFormed")
  void readsTheSameWhenEveryByteComesAlone(Case tried) throws IOException {
    try (RawHttp raw = rig.connect()) {
      raw.drip(tried.bytes(), java.time.Duration.ZERO).send(MARKER);

      assertThat(raw.readUntilEnd(EdgeRig.SOON).responses())
          .hasSize(2)
          .allMatch(each -> each.status() == 200);
    }
  }

  @Test
  void refusesFoldedHeadersHoweverTheyAreCutIntoPackets() throws IOException {
    String folded = head("", "X-Folded: a\r\n b", "Content-Length: " + LENGTH).body(ASK).bytes();
    for (int cut = 1; cut < folded.indexOf("b\r\n"); cut++) {
      try (RawHttp raw = rig.connect()) {
        raw.send(folded.substring(0, cut));
        rig.client().get("/health"); // lets the loop read the first part alone, most of the time
        raw.send(folded.substring(cut));

        assertThat(raw.readResponse(EdgeRig.SOON).orElseThrow().status()).isEqualTo(400);
      }
    }
    assertThat(rig.asked()).isEmpty();
  }

  @Test
  void sendsProvidersNothingOfTheClientsHeadersOrFraming() throws IOException {
    rig.exchange(
        head(
                    "",
                    "Transfer-Encoding: chunked",
                    "Cookie: session=canary",
                    "Authorization: Bearer canary",
                    "X-Api-Key: canary",
                    "X-Forwarded-For: 6.6.6.6",
                    "Forwarded: for=6.6.6.6",
                    "X-Canary: canary",
                    "Referer: http://canary.example/",
                    "User-Agent: canary",
                    "Trailer: X-Checksum")
                .body(HEX + ";canary=1\r\n" + ASK + "\r\n0\r\nX-Checksum: canary\r\n\r\n")
                .bytes()
            + MARKER);

    assertThat(rig.asked()).hasSize(2);
    for (Asked asked : rig.asked()) {
      assertThat(asked.httpMethod()).isEqualTo("POST");
      assertThat(asked.target()).isEqualTo("/");
      assertThat(asked.headers().toString()).doesNotContain("canary").doesNotContain("6.6.6.6");
      assertThat(asked.headers().stream().map(h -> h.name().toLowerCase(java.util.Locale.ROOT)))
          .doesNotHaveDuplicates()
          .isSubsetOf(
              Set.of(
                  "host",
                  "content-type",
                  "content-length",
                  "accept",
                  "accept-encoding",
                  "user-agent",
                  "connection"));
      assertThat(asked.header("content-length")).contains(Integer.toString(asked.body().length()));
    }
  }

  // The ways to say it.

  private record Head(String name, String host, String headers) {
    Head withoutHost() {
      return new Head(name, "", headers);
    }

    Case body(String body) {
      return new Case(name, "POST / HTTP/1.1\r\n" + host + headers + "\r\n\r\n" + body);
    }
  }

  private static Head head(String name, String... headers) {
    return new Head(name, "Host: a\r\n", String.join("\r\n", headers));
  }

  private static Case raw(String name, String bytes) {
    return new Case(name, bytes);
  }

  private static Case line(String name, String requestLine) {
    return new Case(
        name, requestLine + "\r\nHost: a\r\nContent-Length: " + LENGTH + "\r\n\r\n" + ASK);
  }

  private static Case chunks(String name, String chunks) {
    return head(name, "Transfer-Encoding: chunked").body(chunks);
  }
}
