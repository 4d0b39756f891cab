package io.jethproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Writes {@code docs/config.md} from the records, and keeps the two together. */
class ConfigDocsTest {

  private static final Path PROJECT = Path.of(System.getProperty("project.directory", "."));

  private static final String TOP =
      """
      # Configuration

      Everything is optional but the providers. Defaults come first, then the YAML file, then the
      environment, which wins. All mistakes are reported together, each with its place, before a port is
      opened; unknown and repeated keys are mistakes. A message never repeats a URL, a key or a header.

      This page is written by a test from the code: `./mvnw test -Dtest=ConfigDocsTest -Dupdate.docs=true`.

      ## Environment

      | variable | default | meaning |
      |---|---|---|
      """;

  private static final String AFTER_VARIABLES =
      """
      | `JETH_CONFIG` | none | The path of the YAML file; `--config FILE` wins over it. |
      | `JETH_JAVA_OPTS` | none | Flags for the JVM, read by the launcher; they win over its own, such as `-Xmx512m`. |

      `OTEL_EXPORTER_OTLP_ENDPOINT` turns traces on; the `OTEL_…` variables are OpenTelemetry's own, see
      [operations](operations.md#traces). Those for endpoints and headers may be given as `NAME_FILE`, too.

      A blank variable counts as not set. `NAME_FILE` names a file that holds the value of `NAME`, as
      containers mount secrets: `RPC_PROVIDERS_HTTP_FILE=/run/secrets/providers`.

      `RPC_PROVIDERS_HTTP` and `RPC_PROVIDERS_WS` take URLs between commas; blanks, newlines, quotes and empty items do not matter.
      A URL that holds a comma goes into the YAML file.

      Later versions will use LATER; this one takes note of them when it starts.

      ## YAML file

      One document of plain data, at most 1 MiB. In values, `${NAME}` stands for a variable (or for the file
      that `NAME_FILE` names), `${NAME:-default}` gives a default, `$${` stands for `${`. A variable that is
      not set and has no default is a mistake. Tags (`!…`) are refused; aliases are allowed within limits.

      | key | default | meaning |
      |---|---|---|
      """;

  private static final String END =
      """

      A complete file with comments: [examples/jeth-proxy.yaml](../examples/jeth-proxy.yaml).
      """;

  @Test
  void thePageSaysWhatTheRecordsSay() throws IOException {
    Path page = PROJECT.resolve("docs/config.md");
    if (Boolean.getBoolean("update.docs")) {
      Files.writeString(page, generate());
    }

    assertThat(Files.readString(page))
        .as("docs/config.md; -Dupdate.docs=true writes it again")
        .isEqualTo(generate());
  }

  private static String generate() {
    StringBuilder page = new StringBuilder(TOP);
    for (Schema.Entry entry : Schema.entries()) {
      if (!entry.key().env().isEmpty()) {
        row(page, entry.key().env(), entry);
      }
    }
    page.append(AFTER_VARIABLES.replace("LATER", list(Environment.NOT_USED_YET)));
    for (Schema.Entry entry : Schema.entries()) {
      row(page, entry.path(), entry);
    }
    return page.append(END).toString();
  }

  private static void row(StringBuilder page, String name, Schema.Entry entry) {
    page.append("| `").append(name).append("` | ").append(defaultOf(entry)).append(" | ");
    page.append(entry.key().value().replace("|", "\\|")).append(" |\n");
  }

  private static String defaultOf(Schema.Entry entry) {
    if (entry.key().required()) {
      return "required";
    }
    Object value = entry.defaultValue();
    return switch (value) {
      case Optional<?> _, Map<?, ?> _, Collection<?> _ -> "none";
      case Record _ -> "";
      case String text -> text.isEmpty() ? "derived" : "`" + text + "`";
      case Double number -> "`" + Bounds.plain(number) + "`";
      case Enum<?> constant -> "`" + constant.name().toLowerCase(Locale.ROOT) + "`";
      default -> "`" + value + "`";
    };
  }

  private static String list(Collection<String> names) {
    List<String> quoted = names.stream().map(name -> "`" + name + "`").toList();
    return String.join(", ", quoted.subList(0, quoted.size() - 1)) + " and " + quoted.getLast();
  }
}
