package io.jethproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.fleet.Secret;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LokiConfigTest {

  private static final String FILE = "providers: [https://a.example]\n";

  private static Loaded load(Map<String, String> environment, String yaml) {
    return ConfigLoader.read(
        environment, "gateway.yaml", (FILE + yaml).getBytes(StandardCharsets.UTF_8));
  }

  private static LokiConfig ok(Map<String, String> environment, String yaml) {
    assertThat(load(environment, yaml)).isInstanceOf(Loaded.Ok.class);
    Config config = ((Loaded.Ok) load(environment, yaml)).config();
    assertThat(config.notices()).isEmpty();
    return config.logging().loki();
  }

  private static List<String> bad(Map<String, String> environment, String yaml) {
    Loaded loaded = load(environment, yaml);
    assertThat(loaded).isInstanceOf(Loaded.Bad.class);
    return ((Loaded.Bad) loaded).problems().stream().map(Problem::toString).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "https://loki.example, https://loki.example/loki/api/v1/push",
    "https://loki.example/, https://loki.example/loki/api/v1/push",
    "http://127.0.0.1:3100, http://127.0.0.1:3100/loki/api/v1/push",
    "https://h.example/loki/api/v1/push, https://h.example/loki/api/v1/push",
    "https://h.example/loki/api/v1/push/, https://h.example/loki/api/v1/push",
    "https://h.example/logs, https://h.example/logs/loki/api/v1/push",
    "https://h.example/api/push?t=1, https://h.example/api/push?t=1",
    "http://[::1]:3100, http://[::1]:3100/loki/api/v1/push",
    "https://me:word@h.example, https://h.example/loki/api/v1/push",
  })
  void takesABaseOrAWholePath(String given, String push) {
    assertThat(ok(Map.of("LOKI_URL", given), "").push()).hasToString("Optional[" + push + "]");
  }

  @Test
  void takesTheSameFromVariablesAndFromTheFile() {
    Map<String, String> variables =
        Map.of(
            "LOKI_URL", "https://loki.example",
            "LOKI_USER", "team-a",
            "LOKI_PASSWORD", "s3cr3t",
            "LOKI_TENANT", "t1");
    String yaml =
        "logging: {loki: {url: 'https://loki.example', user: team-a, password: s3cr3t, tenant: t1}}";

    assertThat(ok(variables, "")).isEqualTo(ok(Map.of(), yaml));
    assertThat(ok(variables, "").authorization())
        .contains(new Secret("Basic dGVhbS1hOnMzY3IzdA=="));
    assertThat(ok(variables, "").toString()).doesNotContain("s3cr3t");
  }

  @Test
  void takesUserAndPasswordFromTheUrlToo() {
    assertThat(ok(Map.of("LOKI_URL", "https://team-a:s3cr3t@loki.example"), "").authorization())
        .contains(new Secret("Basic dGVhbS1hOnMzY3IzdA=="));
  }

  @Test
  void isOffWithoutAUrl() {
    assertThat(ok(Map.of(), "").push()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "LOKI_URL=ftp://KEYKEY.example; LOKI_URL: not http (expected: http://… or https://…)",
        "LOKI_USER=me,LOKI_PASSWORD=KEYKEY; logging: loki.url: none (expected: one, as loki.user",
        "LOKI_TENANT=t; logging: loki.url: none (expected: one, as loki.user",
        "LOKI_URL=http://h,LOKI_USER=me; logging: loki.password: none (expected: both",
        "LOKI_URL=http://h,LOKI_PASSWORD=KEYKEY; logging: loki.user: none (expected: both",
        "LOKI_URL=http://h,LOKI_TENANT=a b; LOKI_TENANT: 'a b' (expected: letters, digits",
        "LOKI_URL=http://h,LOKI_TENANT=..; LOKI_TENANT: '..' (expected: letters, digits",
        "LOKI_URL=http://me:KEYKEY@h,LOKI_USER=me,LOKI_PASSWORD=KEYKEY; logging: loki.url: has a user",
      })
  void saysWhatIsWrongAndShowsNoSecret(String variables, String complaint) {
    Map<String, String> environment = new HashMap<>();
    for (String variable : variables.split(",", -1)) {
      int equals = variable.indexOf('=');
      environment.put(variable.substring(0, equals), variable.substring(equals + 1));
    }

    List<String> problems = bad(environment, "");

    assertThat(problems).anyMatch(problem -> problem.contains(complaint));
    assertThat(problems.toString()).doesNotContain("KEYKEY");
  }

  @Test
  void noticesAVariableThatIsSpelledWrong() {
    Config config = ((Loaded.Ok) load(Map.of("LOKI_USERS", "me"), "")).config();

    assertThat(config.notices())
        .containsExactly("LOKI_USERS is set, but not known; did you mean LOKI_USER?");
  }
}
