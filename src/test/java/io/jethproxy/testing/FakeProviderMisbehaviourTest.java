package io.jethproxy.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.RawHttp.End;
import io.jethproxy.testing.RawHttp.Heard;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;

/** What really is on the wire when a provider misbehaves. */
class FakeProviderMisbehaviourTest {

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final String ASKED =
      RawHttp.post("/", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_blockNumber\"}");
  private static final String ANSWER = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x3e8\"}";

  private final FakeProvider provider = FakeProvider.start();

  @AfterEach
  void close() {
    provider.close();
  }

  @Test
  void dripsTheBodyByteByByte() throws IOException {
    provider.always().drip(Duration.ofMillis(2));

    long before = System.nanoTime();
    try (RawHttp raw = RawHttp.connect(provider.port())) {
      HttpMessage answer = raw.send(ASKED).readResponse(SOON).orElseThrow();

      assertThat(answer.text()).isEqualTo(ANSWER);
      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .isGreaterThan(Duration.ofMillis(2L * ANSWER.length()));
    }
  }

  @Test
  void cutsAndResetsAfterSoManyBytes() throws IOException {
    Heard cut = hear(rule -> rule.cutAfter(40));
    Heard reset = hear(rule -> rule.resetAfter(90));

    assertThat(cut.text()).hasSize(40);
    assertThat(cut.end()).isEqualTo(End.CLOSED);
    assertThat(reset.end()).isEqualTo(End.RESET);
    assertThat(reset.text().length()).isLessThanOrEqualTo(90);
  }

  @Test
  void endsWithoutAnAnswer() throws IOException {
    assertThat(hear(Rule::rstAfterRequest)).isEqualTo(new Heard("", End.RESET));
    assertThat(hear(Rule::closeAfterRequest)).isEqualTo(new Heard("", End.CLOSED));
  }

  @Test
  void halfClosesAfterHeadersThatPromiseABody() throws IOException {
    Heard heard = hear(Rule::halfCloseAfterHeaders);

    assertThat(heard.end()).isEqualTo(End.CLOSED);
    assertThat(heard.text()).endsWith("Content-Length: " + ANSWER.length() + "\r\n\r\n");
  }

  @Test
  void liesAboutTheLengthInBothDirections() throws IOException {
    Heard longer = hear(Rule::longerContentLength);
    Heard shorter = hear(Rule::shorterContentLength);
    Heard claimed = hear(rule -> rule.claimedContentLength("9223372036854775807"));

    assertThat(longer.text())
        .contains("Content-Length: " + (ANSWER.length() + 100) + "\r\n")
        .endsWith(ANSWER);
    assertThat(longer.end()).isEqualTo(End.CLOSED);
    assertThat(shorter.text())
        .contains("Content-Length: " + ANSWER.length() / 2 + "\r\n")
        .endsWith(ANSWER);
    assertThat(shorter.end()).isEqualTo(End.OPEN);
    assertThat(claimed.text()).contains("Content-Length: 9223372036854775807\r\n").endsWith(ANSWER);
  }

  @Test
  void framesTheBodyAmbiguously() throws IOException {
    Heard twice = hear(Rule::duplicateContentLength);
    Heard both = hear(Rule::contentLengthAndChunked);

    assertThat(twice.text())
        .contains(
            "Content-Length: %d\r\nContent-Length: %d\r\n"
                .formatted(ANSWER.length(), ANSWER.length() - 1));
    assertThat(both.text())
        .contains("Content-Length: " + ANSWER.length() + "\r\nTransfer-Encoding: chunked\r\n")
        .endsWith("\r\n0\r\n\r\n");
  }

  @Test
  void breaksChunks() throws IOException {
    Heard good = hear(Rule::chunked);
    Heard badSize = hear(Rule::badChunkSize);
    Heard unended = hear(Rule::missingLastChunk);

    assertThat(good.responses().getFirst().text()).isEqualTo(ANSWER);
    assertThat(badSize.text()).contains("Transfer-Encoding: chunked\r\n\r\nzz\r\n");
    assertThat(badSize.responses()).isEmpty();
    assertThat(unended.responses().getFirst().isWhole()).isFalse();
    assertThat(unended.end()).isEqualTo(End.CLOSED);
  }

  @Test
  void answersWithSomethingElseThanJson() throws IOException {
    assertThat(first(Rule::html).text()).startsWith("<!DOCTYPE html>");
    assertThat(first(Rule::html).header("content-type")).contains("text/html; charset=utf-8");
    assertThat(first(Rule::emptyBody).text()).isEmpty();
    assertThat(first(rule -> rule.plainText("Bad Gateway")).text()).isEqualTo("Bad Gateway");
    assertThat(hear(rule -> rule.status(204, "")).text()).doesNotContain("Content-Length");
    assertThat(first(rule -> rule.redirect(307, URI.create("http://127.0.0.1:1/"))).startLine())
        .isEqualTo("HTTP/1.1 307 Scripted");
  }

  @Test
  void claimsAnEncoding() throws IOException {
    HttpMessage plain = first(Rule::gzipHeaderOnPlainBody);
    HttpMessage packed = first(Rule::gzip);

    assertThat(plain.header("Content-Encoding")).contains("gzip");
    assertThat(plain.text()).isEqualTo(ANSWER);
    assertThat(new GZIPInputStream(new java.io.ByteArrayInputStream(packed.bytes())))
        .hasContent(ANSWER);
  }

  @Test
  void floodsWithInformation() throws IOException {
    Heard heard = hear(rule -> rule.informationFlood(100));

    assertThat(heard.responses()).hasSize(101);
    assertThat(heard.responses().getFirst().status()).isEqualTo(103);
    assertThat(heard.responses().getLast().text()).isEqualTo(ANSWER);
  }

  @Test
  void sendsHugeAnswersAndEndlessHeaders() throws IOException {
    HttpMessage huge = first(rule -> rule.hugeAnswer(3_000_000));
    Heard endless = hear(Rule::endlessHeaders, SOON);

    assertThat(huge.bytes()).hasSize(3_000_000);
    assertThat(RpcText.JSON.readTree(huge.text()).path("result").asString()).startsWith("0xaaa");
    assertThat(endless.text())
        .startsWith("HTTP/1.1 200 OK\r\nX-Endless: a")
        .doesNotContain("\r\n\r\n");
  }

  @Test
  void breaksTheEnvelope() throws IOException {
    assertThat(first(Rule::wrongId).text()).contains("\"id\":987654321987,");
    assertThat(first(Rule::missingId).text()).isEqualTo(ANSWER.replace("\"id\":1,", ""));
    assertThat(first(Rule::nullId).text()).isEqualTo(ANSWER.replace(":1,", ":null,"));
    assertThat(first(Rule::stringId).text()).isEqualTo(ANSWER.replace(":1,", ":\"1\","));
    assertThat(first(Rule::withoutVersion).text())
        .isEqualTo(ANSWER.replace("\"jsonrpc\":\"2.0\",", ""));
    assertThat(first(Rule::oldVersion).text()).isEqualTo(ANSWER.replace("2.0", "1.0"));
    assertThat(first(Rule::bothResultAndError).text())
        .contains("\"result\":")
        .contains("\"error\":");
    assertThat(first(Rule::neitherResultNorError).text())
        .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1}");
    assertThat(first(Rule::twoDocuments).text()).isEqualTo(ANSWER + ANSWER);
    assertThat(first(Rule::byteOrderMark).bytes()).startsWith(0xEF, 0xBB, 0xBF, '{');
    assertThat(isJson(first(Rule::trailingComma))).isFalse();
    assertThat(isJson(first(Rule::truncatedJson))).isFalse();
  }

  @Test
  void deliversAGivenResultBadly() throws IOException {
    Heard heard = hear(rule -> rule.withResult("\"0x2\"").longerContentLength());

    assertThat(heard.text()).endsWith("\"result\":\"0x2\"}");
  }

  private HttpMessage first(Consumer<Rule> then) throws IOException {
    try (RawHttp raw = RawHttp.connect(provider.port())) {
      then.accept(provider.forgetScript().always());
      return raw.send(ASKED).readResponse(SOON).orElseThrow();
    }
  }

  /** Hears a provider out; where it stays open, for a moment. */
  private Heard hear(Consumer<Rule> then) throws IOException {
    return hear(then, Duration.ofMillis(300));
  }

  private Heard hear(Consumer<Rule> then, Duration atMost) throws IOException {
    then.accept(provider.forgetScript().always());
    return RawHttp.exchange(provider.port(), ASKED, atMost);
  }

  private static boolean isJson(HttpMessage answer) {
    try {
      RpcText.JSON.readTree(answer.text());
      return true;
    } catch (JacksonException e) {
      return false;
    }
  }
}
