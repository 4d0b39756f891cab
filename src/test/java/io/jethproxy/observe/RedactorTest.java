package io.jethproxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactorTest {

  private final Secrets secrets = new Secrets();
  private final Redactor redactor = new Redactor(secrets);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "unknown secrets are not needed | unknown secrets are not needed",
        "execution reverted: 0x08c379a0 | execution reverted: 0x08c379a0",
        "see https://h.example/v2/abc?x=y for more | see https://*** for more",
        "to http://[::1]:8545/key failed | to http://*** failed",
        "wss:\\/\\/h.example\\/v3\\/abc down | wss://*** down",
        "next=https%3A%2F%2Fh.example%2Fabc ok | next=https://*** ok",
        "joe:s3cr3t@h.example refused | ***@h.example refused",
        "GET /v2?key=abc&x=1 failed | GET /v2?key=***&x=1 failed",
        "GET /?apikey=abc | GET /?apikey=***",
        "GET /?access_token=abc;b | GET /?access_token=***;b",
        "X-Api-Key: abc | X-Api-Key: ***",
        "{\"apiKey\":\"abc def\",\"a\":1} | {\"apiKey\":***,\"a\":1}",
        "{\\\"apiKey\\\":\\\"abc\\\"} | {\\\"apiKey\\\":***}",
        "invalid api key: abc | invalid api key: ***",
        "Authorization: Bearer abc.def | Authorization: ***",
        "Authorization: token abc | Authorization: ***",
        "sent Bearer abc.def, got 401 | sent Bearer ***, got 401",
        "sent Basic am9lOnMzY3IzdA== | sent Basic ***",
        "basic plan only | basic plan only",
        "jwt eyJhbGciOiJIUzI1NiJ9.eyJpYXQiOjF9.abc-_d bad | jwt *** bad",
        "id 0123456789abcdef0123456789abcdef bad | id *** bad",
        "id 123e4567-e89b-12d3-a456-426614174000 bad | id *** bad",
        "unknown block 0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
            + " | unknown block"
            + " 0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "daily request count exceeded, limit is 100000 | daily request count exceeded, limit is"
            + " 100000",
      })
  void takesOutWhatLooksLikeASecret(String given, String wanted) {
    assertThat(redactor.redact(given)).isEqualTo(wanted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://USERcanary1:PAS%40canary2@h1.example:8443/v2/KEYcanary3?apikey=QRY+canary4#FRGcanary5",
        "wss://USERcanary1:PAS@canary2@h1.example/KEYcanary3/?QRYcanary4",
        "USERcanary1:PAScanary2@h1.example/KEYcanary3?a=1;b=QRYcanary4",
      })
  void knowsThePiecesOfAUrlInEveryForm(String url) {
    secrets.learnUrl(url);

    for (String piece : url.split("://|[/?;#&]|(?<=canary2)@", -1)) {
      if (piece.contains("canary")) {
        String secret = piece.substring(piece.indexOf('=') + 1);
        assertThat(secrets.scrub("at " + secret + " end")).isEqualTo("at *** end");
        assertForms(secret);
      }
    }
    assertThat(secrets.scrub("resolve H1.example")).isEqualTo("resolve ***");
  }

  @Test
  void knowsThePairOfUserAndPasswordAsBasicAuthenticationSendsIt() {
    secrets.learnUrl("https://joe:s3cr3t@h.example/");
    String sent = Base64.getEncoder().encodeToString("joe:s3cr3t".getBytes(StandardCharsets.UTF_8));

    assertThat(secrets.scrub("Basic " + sent)).doesNotContain(sent.substring(0, 12));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void findsASecretWithinALongerBase64Text(int before) {
    secrets.learn(List.of("KEYcanary3-and-more"));
    String hidden = "x".repeat(before) + "KEYcanary3-and-more" + "yy";
    byte[] bytes = hidden.getBytes(StandardCharsets.UTF_8);

    String scrubbed = secrets.scrub(Base64.getEncoder().encodeToString(bytes));

    String decodable = scrubbed.replace("***", "");
    assertThat(decodable.length()).isLessThan(16);
  }

  @Test
  void findsASecretWhoseCharactersArePercentEncodedHereAndThere() {
    secrets.learn(List.of("KEYcanary3"));

    assertThat(secrets.scrub("%4bEY%63anary%33!%")).isEqualTo("***!%");
  }

  @Test
  void masksTheFirstAndLastEightCharactersOfASecret() {
    secrets.learn(List.of("abcd1234efgh5678"));

    assertThat(secrets.scrub("key abcd1234... or ...efgh5678")).isEqualTo("key ***... or ...***");
  }

  @Test
  void leavesWordsOfUrlsAlone() {
    secrets.learnUrl("http://127.0.0.1:8545/v2/arbitrum-mainnet/ext/bc/C/rpc");
    secrets.learnUrl("http://localhost:8545/");
    secrets.learn(List.of("abc", ""));

    String line = "arbitrum-mainnet v2 rpc at 127.0.0.1:8545 and localhost abc";
    assertThat(secrets.scrub(line)).isSameAs(line);
  }

  @Test
  void neverShowsHalfASecretAtACut() {
    secrets.learn(List.of("KEYcanary3canary4"));
    for (int before = 2_000; before < Redactor.CHARS_MAX + 5; before++) {
      String text = "x".repeat(before) + "KEYcanary3canary4" + "y".repeat(100);

      String redacted = redactor.redact(text);

      assertThat(redacted).doesNotContain("KEYc");
      assertThat(redacted.length()).isLessThanOrEqualTo(Redactor.CHARS_MAX);
    }
  }

  @Test
  void doesNotTellWhatItKnows() {
    secrets.learn(List.of("KEYcanary3"));

    assertThat(secrets.toString()).startsWith("Secrets[").doesNotContain("canary");
  }

  @Test
  void refusesToKnowWithoutBound() {
    Random random = new Random(1);
    List<String> many =
        random.longs(30_000).mapToObj(i -> "secret" + i + "/" + random.nextLong()).toList();

    org.assertj.core.api.Assertions.assertThatThrownBy(() -> secrets.learn(many))
        .hasMessageContaining("expected: at most 100000");
  }

  @Test
  void boundsTheTimeThatHostileTextTakes() {
    secrets.learn(List.of("a".repeat(200) + "b", "ab".repeat(100) + "c"));
    List<String> hostile =
        List.of(
            "a".repeat(1 << 20),
            "a:".repeat(1 << 19),
            "%61".repeat(1 << 18),
            "key".repeat(1 << 18),
            "key:\\\"".repeat(1 << 17),
            "http".repeat(1 << 18),
            "eyJaaaaaa.".repeat(1 << 17),
            "basic ".repeat(1 << 17),
            "0".repeat(1 << 20),
            "authorization".repeat(1 << 16));

    long start = System.nanoTime();
    for (String text : hostile) {
      assertThat(redactor.redact(text).length()).isLessThanOrEqualTo(Redactor.CHARS_MAX);
    }
    assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
  }

  @Test
  void showsAnExceptionByClassAndRedactedMessage() {
    Exception thrown = new IllegalStateException("cannot reach https://h.example/key");

    assertThat(redactor.redact(thrown))
        .isEqualTo("IllegalStateException: cannot reach https://***");
    assertThat(redactor.redact(new IllegalStateException())).isEqualTo("IllegalStateException");
  }

  /** The longer, coverage-guided search is RedactorFuzzTest; this is its quick form. */
  @Test
  void neverLetsASecretSurviveInRandomSurroundings() {
    for (int seed = 0; seed < 5_000; seed++) {
      Random random = new Random(seed);
      String secret = RedactionRule.randomText(random, 4, 40);
      String before = RedactionRule.randomText(random, 0, 30);
      String after = RedactionRule.randomText(random, 0, 30);
      RedactionRule.check(secret, before, after);
    }
  }

  private void assertForms(String secret) {
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    for (String form :
        List.of(
            secret,
            secret.toUpperCase(Locale.ROOT),
            secret.toLowerCase(Locale.ROOT),
            URLEncoder.encode(secret, StandardCharsets.UTF_8),
            secret.substring(0, 8),
            secret.substring(secret.length() - 8),
            Base64.getEncoder().encodeToString(bytes),
            Base64.getUrlEncoder().withoutPadding().encodeToString(bytes))) {
      assertThat(secrets.scrub("<" + form + ">")).doesNotContainIgnoringCase(form);
      assertThat(redactor.redact("<" + form + ">")).doesNotContainIgnoringCase(form);
    }
  }
}
