package io.jethproxy.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The Helm chart of the repository, rendered by Helm itself, without a cluster. */
final class Chart implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final HelmProcess helm =
      HelmProcess.start(
          Path.of(System.getProperty("project.directory", "."), "deploy", "helm", "jeth-proxy")
              .toAbsolutePath());

  /** Helm is a native library, which the build has for one kind of machine. */
  static boolean canRun() {
    return System.getProperty("os.name").equals("Linux")
        && System.getProperty("os.arch").equals("amd64");
  }

  /** What {@code helm lint --strict} objects to. */
  String lint() {
    return helm.lint();
  }

  /**
   * The manifests, in the order of Helm.
   *
   * @param values YAML, as in a file of values
   * @throws IllegalArgumentException what Helm says if it refuses
   */
  List<JsonNode> render(Path work, String values) throws IOException {
    Path file = Files.createTempFile(work, "values", ".yaml");
    Files.writeString(file, values);
    Iterable<Object> documents =
        new Load(LoadSettings.builder().build()).loadAllFromString(helm.render(file));
    return StreamSupport.stream(documents.spliterator(), false)
        .filter(document -> document != null)
        .map(document -> JSON.<JsonNode>valueToTree(document))
        .toList();
  }

  @Override
  public void close() {
    helm.close();
  }
}
