package io.jethproxy.config;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * YAML as data and nothing more: one document, no tags, bounded in size, in depth and in what its
 * aliases unfold to.
 */
final class Document {

  static final int BYTES_MAX = 1 << 20;
  private static final int DEPTH_MAX = 32;
  private static final int VALUES_MAX = 10_000;

  private final String file;
  private final Consumer<Problem> problems;

  private Document(String file, Consumer<Problem> problems) {
    this.file = file;
    this.problems = problems;
  }

  /** The root of the file; empty when there is nothing in it, or when a problem was reported. */
  static Optional<Node> read(String file, byte[] bytes, Consumer<Problem> problems) {
    return new Document(file, problems).read(bytes);
  }

  private Optional<Node> read(byte[] bytes) {
    if (bytes.length > BYTES_MAX) {
      return refuse("larger than " + BYTES_MAX + " bytes (expected: a configuration)");
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return refuse("not UTF-8 (expected: YAML in UTF-8)");
    }
    LoadSettings settings = LoadSettings.builder().setLabel(file).build();
    try {
      if (!isPlain(new Parse(settings).parseString(text))) {
        return Optional.empty();
      }
      Optional<Node> root = new Compose(settings).composeString(text);
      if (root.isPresent() && unfolded(root.get(), 0) > VALUES_MAX) {
        return refuse("more than " + VALUES_MAX + " values, aliases unfolded");
      }
      return root;
    } catch (MarkedYamlEngineException e) {
      Mark mark = e.getProblemMark().or(e::getContextMark).orElse(null);
      problems.accept(
          new Problem(
              file,
              mark == null ? 1 : mark.getLine() + 1,
              mark == null ? 1 : mark.getColumn() + 1,
              "",
              "not YAML: " + Shown.complaint(String.valueOf(e.getProblem()))));
      return Optional.empty();
    } catch (YamlEngineException e) {
      return refuse("not YAML: a character or form that it does not allow");
    }
  }

  /** Looks before anything is built: the parser does not recurse, the composer does. */
  private boolean isPlain(Iterable<Event> events) {
    int depth = 0;
    int documents = 0;
    for (Event event : events) {
      switch (event) {
        case CollectionStartEvent start -> {
          depth++;
          if (depth > DEPTH_MAX) {
            return complain(event, "nested deeper than " + DEPTH_MAX);
          }
          if (start.getTag().isPresent()) {
            return complain(event, "a tag, '!…' (expected: plain data)");
          }
        }
        case CollectionEndEvent _ -> depth--;
        case ScalarEvent scalar when scalar.getTag().isPresent() -> {
          return complain(event, "a tag, '!…' (expected: plain data)");
        }
        case DocumentStartEvent _ -> {
          documents++;
          if (documents > 1) {
            return complain(event, "a second document (expected: one)");
          }
        }
        default -> {}
      }
    }
    return true;
  }

  private boolean complain(Event event, String message) {
    Mark mark = event.getStartMark().orElse(null);
    problems.accept(
        new Problem(
            file,
            mark == null ? 1 : mark.getLine() + 1,
            mark == null ? 1 : mark.getColumn() + 1,
            "",
            message));
    return false;
  }

  /** How many values there are when each alias is replaced; stops counting above the bound. */
  private static int unfolded(Node node, int depth) {
    if (depth > DEPTH_MAX) {
      return VALUES_MAX + 1;
    }
    List<Node> children =
        switch (node) {
          case MappingNode mapping ->
              mapping.getValue().stream().map(NodeTuple::getValueNode).toList();
          case SequenceNode sequence -> sequence.getValue();
          default -> List.of();
        };
    int count = 1;
    for (Node child : children) {
      count += unfolded(child, depth + 1);
      if (count > VALUES_MAX) {
        return count;
      }
    }
    return count;
  }

  private Optional<Node> refuse(String message) {
    problems.accept(new Problem(file, 1, 1, "", message));
    return Optional.empty();
  }

  /** Where a node begins, for a problem about it. */
  static Problem problem(String file, Node node, String path, String message) {
    Mark mark = node.getStartMark().orElse(null);
    return new Problem(
        file,
        mark == null ? 1 : mark.getLine() + 1,
        mark == null ? 1 : mark.getColumn() + 1,
        path,
        message);
  }

  /** Whether a key stands there without a value. */
  static boolean isEmpty(Node node) {
    return node instanceof ScalarNode scalar
        && scalar.isPlain()
        && (scalar.getValue().isEmpty()
            || scalar.getValue().equals("~")
            || scalar.getValue().equals("null"));
  }
}
