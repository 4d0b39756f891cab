package io.jethproxy.deploy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The Helm chart of the repository, rendered by Helm itself, without a cluster. */
final class Chart {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final Path directory =
      Path.of(System.getProperty("project.directory", "."), "deploy", "helm", "jeth-proxy")
          .toAbsolutePath();

  /** Helm is a native library, which the build has for one kind of machine. */
  static boolean canRun() {
    return System.getProperty("os.name").equals("Linux")
        && System.getProperty("os.arch").equals("amd64");
  }

  /** What {@code helm lint --strict} objects to. */
  List<String> lint() {
    var result = new Helm(directory).lint().strict().call();
    return result.isFailed() ? result.getMessages() : List.of();
  }

  /**
   * The manifests, in the order of Helm.
   *
   * @param values YAML, as in a file of values
   * @throws RuntimeException what Helm says if it refuses
   */
  List<JsonNode> render(Path work, String values) throws Exception {
    Path file = Files.createTempFile(work, "values", ".yaml");
    Files.writeString(file, values);
    TemplateCommand command =
        new Helm(directory)
            .template()
            .withKubeVersion("1.31.0")
            .withName("rpc")
            .withNamespace("web3")
            .withValuesFile(file);
    Iterable<Object> documents =
        new Load(LoadSettings.builder().build()).loadAllFromString(command.call());
    return StreamSupport.stream(documents.spliterator(), false)
        .filter(document -> document != null)
        .map(document -> JSON.<JsonNode>valueToTree(document))
        .toList();
  }
}
