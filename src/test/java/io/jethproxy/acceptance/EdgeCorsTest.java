package io.jethproxy.acceptance;

import static io.jethproxy.acceptance.EdgeRig.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.HttpMessage;
import io.jethproxy.testing.RawHttp;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Web pages of other origins: off unless their exact origin is configured. */
class EdgeCorsTest {

  private static final String ALLOWED = "https://app.example";

  private static EdgeRig off;
  private static EdgeRig on;

  @BeforeAll
  static void start() {
    off = EdgeRig.start();
    on =
        EdgeRig.start(
            "server:\n  cors:\n    origins: [\"" + ALLOWED + "\", \"http://localhost:3000\"]\n");
  }

  @AfterAll
  static void close() {
    off.close();
    on.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {ALLOWED, "http://localhost:3000"})
  void letsTheExactOriginsIn(String origin) throws IOException {
    HttpMessage preflight = preflight(on, origin);
    HttpMessage answer = post(on, origin, "/");
    HttpMessage refusal = post(on, origin, "/nowhere");

    assertThat(preflight.status()).isEqualTo(204);
    assertThat(preflight.header("access-control-allow-origin")).contains(origin);
    assertThat(preflight.header("access-control-allow-methods")).contains("POST");
    assertThat(preflight.header("access-control-allow-headers").orElse(""))
        .contains("content-type");
    assertThat(preflight.header("access-control-allow-credentials")).isEmpty();
    assertThat(preflight.header("vary").orElse("")).contains("origin");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("access-control-allow-origin")).contains(origin);
    assertThat(answer.header("vary").orElse("")).contains("origin");
    assertThat(refusal.status()).isEqualTo(404);
    assertThat(refusal.header("access-control-allow-origin")).contains(origin);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.com",
        "null",
        "*",
        "",
        "https://app.example.evil.com",
        "https://evilapp.example",
        "https://sub.app.example",
        "https://app.exampl",
        "https://app.example:8443",
        "https://app.example/",
        "http://app.example",
        "HTTPS://APP.EXAMPLE",
        "https://app.example@evil.com",
        "https://app.example%60.evil.com",
        "https://app.example, https://evil.com",
        "https://app.example\r\nOrigin: https://evil.com"
      })
  void keepsEveryOtherOriginOut(String origin) throws IOException {
    for (EdgeRig rig : new EdgeRig[] {on, off}) {
      HttpMessage preflight = preflight(rig, origin);

      assertThat(preflight.status()).isEqualTo(403);
      assertThat(preflight.header("access-control-allow-origin")).isEmpty();
      assertThat(post(rig, origin, "/").header("access-control-allow-origin")).isEmpty();
    }
  }

  @Test
  void keepsEveryOriginOutByDefault() throws IOException {
    HttpMessage preflight = preflight(off, ALLOWED);
    HttpMessage answer = post(off, ALLOWED, "/");

    assertThat(preflight.status()).isEqualTo(403);
    assertThat(preflight.headers().toString()).doesNotContainIgnoringCase("access-control");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.headers().toString()).doesNotContainIgnoringCase("access-control");
  }

  @Test
  void refusesAPreflightWithoutAnOrigin() throws IOException {
    assertThat(on.first("OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n").status()).isEqualTo(403);
  }

  private static HttpMessage preflight(EdgeRig rig, String origin) throws IOException {
    return rig.first(
        "OPTIONS / HTTP/1.1\r\nHost: a\r\nOrigin: "
            + origin
            + "\r\nAccess-Control-Request-Method: POST\r\n"
            + "Access-Control-Request-Headers: content-type\r\n\r\n");
  }

  private static HttpMessage post(EdgeRig rig, String origin, String path) throws IOException {
    return rig.first(
        RawHttp.post(path, request("1", "eth_chainId"))
            .replace("Host:", "Origin: " + origin + "\r\nHost:"));
  }
}
