package io.jethproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.fleet.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TracesConfigTest {

  private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
  private static final String HEADERS = "OTEL_EXPORTER_OTLP_HEADERS";

  private static Config config(Map<String, String> environment) {
    String yaml = "providers: [{url: 'http://one.example', traceContext: true}]";
    Loaded loaded =
        ConfigLoader.read(environment, "file.yaml", yaml.getBytes(StandardCharsets.UTF_8));
    assertThat(loaded).isInstanceOf(Loaded.Ok.class);
    return ((Loaded.Ok) loaded).config();
  }

  @Test
  void isOffWithoutAnEndpointAndSaysWhatHasNoEffectThen() {
    Config off = config(Map.of("OTEL_TRACES_SAMPLER", "always_on"));
    Config on = config(Map.of(ENDPOINT, "http://collector:4318"));

    assertThat(off.traces().isOn()).isFalse();
    assertThat(off.notices()).singleElement().asString().startsWith("traceContext of a provider");
    assertThat(on.traces().isOn()).isTrue();
    assertThat(on.notices()).isEmpty();
  }

  @Test
  void mindsNoMistakeWhileTracesAreOff() {
    assertThat(config(Map.of("OTEL_TRACES_SAMPLER", "sometimes")).traces().isOn()).isFalse();
  }

  @Test
  void readsHeadersFromAFileAndKnowsWhatIsSecretInThem(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("headers");
    Files.writeString(file, "authorization=Bearer%20s3cr%2Bt,x-key=k3y\n");
    Map<String, String> environment = new HashMap<>();
    environment.put(ENDPOINT, "http://collector:4318");
    environment.put(HEADERS + "_FILE", file.toString());

    TracesConfig traces = config(environment).traces();

    assertThat(traces.variables())
        .containsEntry(HEADERS, new Secret("authorization=Bearer%20s3cr%2Bt,x-key=k3y"));
    assertThat(traces.headerSecrets())
        .containsExactly("Bearer%20s3cr%2Bt", "Bearer s3cr+t", "s3cr+t", "k3y");
    assertThat(traces.toString()).doesNotContain("s3cr").doesNotContain("k3y");
  }
}
