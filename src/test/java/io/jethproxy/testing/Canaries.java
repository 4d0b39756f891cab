package io.jethproxy.testing;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Secrets that must never be seen outside: one for each place where a configuration holds one. The
 * values are the same all over the suite, so that {@link CanaryWatch} knows them without being
 * told.
 */
public record Canaries(
    String user,
    String password,
    String pathKey,
    String queryKey,
    String header,
    String redisPassword,
    String clientKey,
    String adminToken,
    String lokiPassword,
    String otlpToken) {

  private static final Canaries SUITE =
      new Canaries(
          "q7vx2k9dUSERcanary1m4zt8w3b",
          "h5jw8n2cPASS!canary$2y6ru1x9e",
          "t3bz7f4kKEYcanary3p9vd5s2g",
          "w8mc1r6xQRYcanary4j2hk7n5y",
          "d4sg9y3vHDRcanary5b8xq2f6t",
          "k6pn5t1zREDIScanary6w3cm9j4r",
          "x2ry4h8sCLIENTcanary7g5fb1d7k",
          "n9ef6w2jADMINcanary8v7qk3c5z",
          "z3ud7m5pLOKIcanary9s8xr4g2t",
          "b9kq4w7nOTLPcanary0c3tf6v1j");

  /** The secrets of the whole test suite. */
  public static Canaries ofSuite() {
    return SUITE;
  }

  /** Each secret by its name. */
  public Map<String, String> byName() {
    Map<String, String> secrets = new LinkedHashMap<>();
    secrets.put("user", user);
    secrets.put("password", password);
    secrets.put("pathKey", pathKey);
    secrets.put("queryKey", queryKey);
    secrets.put("header", header);
    secrets.put("redisPassword", redisPassword);
    secrets.put("clientKey", clientKey);
    secrets.put("adminToken", adminToken);
    secrets.put("lokiPassword", lokiPassword);
    secrets.put("otlpToken", otlpToken);
    return secrets;
  }

  /** Only the names: the values are to be looked for, not to be printed. */
  @Override
  public String toString() {
    return "Canaries" + byName().keySet();
  }
}
