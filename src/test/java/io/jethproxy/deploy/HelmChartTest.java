package io.jethproxy.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.jethproxy.config.ConfigLoader;
import io.jethproxy.config.Loaded;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Ingress;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The chart as Helm renders it, each manifest against the strict schema of its kind. */
class HelmChartTest {

  private static final String DIGEST = "sha256:" + "a".repeat(64);
  private static final String LEAST =
      """
      image: { repository: registry.example.org/jeth-proxy, digest: %s }
      secrets: { RPC_PROVIDERS_HTTP: { name: providers, key: urls } }
      """
          .formatted(DIGEST);
  private static final String ALL =
      LEAST
          + """
          config: { chain: { agree: 3 } }
          env: { LOKI_URL: "http://loki.monitoring:3100" }
          ingress: { enabled: true, className: nginx, host: rpc.example.org, tlsSecret: rpc-tls }
          metrics: { serviceMonitor: { enabled: true, labels: { release: prometheus } } }
          networkPolicy:
            clients: [{ podSelector: { matchLabels: { app: web } } }]
            metrics: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": monitoring } } }]
          nodeSelector: { "kubernetes.io/arch": amd64 }
          tolerations: [{ key: rpc, operator: Exists }]
          podAnnotations: { team: web3 }
          imagePullSecrets: [{ name: registry }]
          """;

  @TempDir private Path work;
  private static Chart chart;

  @BeforeAll
  static void startHelm() {
    assumeTrue(Chart.canRun(), "Helm's library is there for Linux on amd64 only");
    chart = new Chart();
  }

  @AfterAll
  static void stopHelm() {
    if (chart != null) {
      chart.close();
    }
  }

  @Test
  void hasNothingThatHelmObjectsTo() {
    assertThat(chart.lint()).isEmpty();
  }

  @Test
  void rendersWhatTheClusterAccepts() throws Exception {
    for (String values : List.of(LEAST, ALL, LEAST + "autoscaling: { enabled: false }")) {
      for (JsonNode manifest : chart.render(work, values)) {
        validate(manifest);
      }
    }
  }

  @Test
  void noticesAFieldThatDoesNotExist() throws Exception {
    String spoilt =
        one(chart.render(work, ALL), "Deployment")
            .toString()
            .replace("\"replicas\"", "\"replica\"")
            .replace("readOnlyRootFilesystem", "readOnlyRootFileSystem");

    assertThatThrownBy(() -> V1Deployment.validateJsonElement(JsonParser.parseString(spoilt)))
        .hasMessageContaining("readOnlyRootFileSystem");
  }

  @Test
  void rendersOneOfEachKind() throws Exception {
    assertThat(kinds(chart.render(work, LEAST)))
        .containsExactlyInAnyOrder(
            "ConfigMap",
            "Deployment",
            "HorizontalPodAutoscaler",
            "NetworkPolicy",
            "PodDisruptionBudget",
            "Service",
            "Service");
    assertThat(kinds(chart.render(work, ALL))).contains("Ingress", "ServiceMonitor").hasSize(9);
  }

  /** By reference only: whoever may read the release's history learns no provider's URL. */
  @Test
  void refersToSecretsAndHasNone() throws Exception {
    JsonNode deployment = one(chart.render(work, LEAST), "Deployment");
    JsonNode env = container(deployment).path("env");

    JsonNode providers =
        env.valueStream()
            .filter(variable -> variable.path("name").asString().equals("RPC_PROVIDERS_HTTP"))
            .findFirst()
            .orElseThrow();
    assertThat(providers.path("value").isMissingNode()).isTrue();
    assertThat(providers.at("/valueFrom/secretKeyRef/name").asString()).isEqualTo("providers");
    assertThat(providers.at("/valueFrom/secretKeyRef/key").asString()).isEqualTo("urls");
  }

  @Test
  void runsWithAsLittleAsItCan() throws Exception {
    JsonNode deployment = one(chart.render(work, LEAST), "Deployment");
    JsonNode pod = deployment.at("/spec/template/spec");
    JsonNode security = container(deployment).path("securityContext");

    assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
    assertThat(pod.at("/securityContext/runAsUser").asInt()).isEqualTo(10001);
    assertThat(security.path("readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(security.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(security.at("/capabilities/drop/0").asString()).isEqualTo("ALL");
    assertThat(container(deployment).path("image").asString())
        .isEqualTo("registry.example.org/jeth-proxy@" + DIGEST);
  }

  /** A pod has time to drain and to finish the longest request before it is killed. */
  @Test
  void leavesTimeToDrain() throws Exception {
    JsonNode deployment = one(chart.render(work, LEAST), "Deployment");
    String file =
        one(chart.render(work, LEAST), "ConfigMap").at("/data/jeth-proxy.yaml").asString();

    assertThat(file).contains("drainSeconds: 20");
    assertThat(deployment.at("/spec/template/spec/terminationGracePeriodSeconds").asInt())
        .isGreaterThanOrEqualTo(20 + 60);
  }

  /** The file that the chart makes is one that the gateway takes. */
  @Test
  void makesAFileThatTheGatewayReads() throws Exception {
    String file = one(chart.render(work, ALL), "ConfigMap").at("/data/jeth-proxy.yaml").asString();

    Loaded loaded =
        ConfigLoader.read(
            Map.of("RPC_PROVIDERS_HTTP", "http://127.0.0.1:8545"),
            "jeth-proxy.yaml",
            file.getBytes(StandardCharsets.UTF_8));

    assertThat(loaded)
        .isInstanceOfSatisfying(
            Loaded.Ok.class,
            ok -> {
              assertThat(ok.config().drainSeconds()).isEqualTo(20);
              assertThat(ok.config().chain().agree()).isEqualTo(3);
            });
  }

  @Test
  void keepsManagementFromClients() throws Exception {
    List<JsonNode> manifests = chart.render(work, ALL);
    JsonNode policy = one(manifests, "NetworkPolicy");

    assertThat(policy.at("/spec/ingress/0/ports").toString())
        .contains("rpc")
        .doesNotContain("management");
    assertThat(policy.at("/spec/ingress/0/from/0/podSelector/matchLabels/app").asString())
        .isEqualTo("web");
    assertThat(policy.at("/spec/ingress/1/ports/0/port").asString()).isEqualTo("management");
    assertThat(one(chart.render(work, LEAST), "NetworkPolicy").at("/spec/ingress")).hasSize(1);
    JsonNode ingress = one(manifests, "Ingress");
    assertThat(ingress.at("/spec/rules/0/http/paths/0/backend/service/port/name").asString())
        .isEqualTo("rpc");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "image: { repository: '' }                              | image.repository",
        "secrets: { RPC_PROVIDERS_HTTP: { name: '', key: x } }  | secrets.RPC_PROVIDERS_HTTP.name",
        "image: { tag: latest }                                 | tag",
        "image: { digest: sha256:12 }                           | digest",
        "env: { LOKI_PASSWORD: geheim }                         | LOKI_PASSWORD",
        "env: { RPC_PROVIDERS_WS: 'wss://key.example.org' }     | RPC_PROVIDERS_WS",
        "replicas: 0                                            | replicas",
        "replica: 3                                             | replica",
        "ingress: { enabled: true }                             | host",
        "networkPolicy: { egressPorts: [] }                     | egressPorts",
      })
  void refusesWhatCannotBeMeant(String values, String named) {
    String key = values.substring(0, values.indexOf(':'));
    String without =
        LEAST
            .lines()
            .filter(line -> !line.startsWith(key + ":"))
            .reduce("", (a, b) -> a + b + "\n");
    String merged =
        key.equals("image") && !values.contains("repository")
            ? without + values.strip().replaceFirst("\\{", "{ repository: r,")
            : without + values.strip();

    assertThatThrownBy(() -> chart.render(work, merged)).hasMessageContaining(named);
  }

  private static void validate(JsonNode manifest) throws IOException {
    JsonElement json = JsonParser.parseString(manifest.toString());
    switch (manifest.path("kind").asString()) {
      case "ConfigMap" -> V1ConfigMap.validateJsonElement(json);
      case "Deployment" -> V1Deployment.validateJsonElement(json);
      case "HorizontalPodAutoscaler" -> V2HorizontalPodAutoscaler.validateJsonElement(json);
      case "Ingress" -> V1Ingress.validateJsonElement(json);
      case "NetworkPolicy" -> V1NetworkPolicy.validateJsonElement(json);
      case "PodDisruptionBudget" -> V1PodDisruptionBudget.validateJsonElement(json);
      case "Service" -> V1Service.validateJsonElement(json);
      // Not Kubernetes' own: what the operator's documents require.
      case "ServiceMonitor" -> {
        assertThat(manifest.at("/spec/selector/matchLabels")).isNotEmpty();
        assertThat(manifest.at("/spec/endpoints/0/port").asString()).isEqualTo("management");
        assertThat(manifest.at("/spec/jobLabel").asString()).isEqualTo("app.kubernetes.io/name");
      }
      default -> throw new AssertionError("not expected: " + manifest);
    }
  }

  private static List<String> kinds(List<JsonNode> manifests) {
    return manifests.stream().map(manifest -> manifest.path("kind").asString()).toList();
  }

  private static JsonNode one(List<JsonNode> manifests, String kind) {
    return manifests.stream()
        .filter(manifest -> manifest.path("kind").asString().equals(kind))
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode container(JsonNode deployment) {
    return deployment.at("/spec/template/spec/containers/0");
  }
}
