package io.jethproxy.config;

import io.jethproxy.fleet.Secret;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Lays a file's values, then the environment's, over a record's defaults. A value that does not do
 * is reported and left out, so that all mistakes come to light in one reading.
 */
final class Binder {

  private final String file;
  private final Environment environment;
  private final Consumer<Problem> problems;

  Binder(String file, Environment environment, Consumer<Problem> problems) {
    this.file = file;
    this.environment = environment;
    this.problems = problems;
  }

  /** The record with what the file and the environment say in the place of its defaults. */
  <R extends Record> R bind(R defaults, Optional<Node> node) {
    return bind(defaults, node, "");
  }

  private <R extends Record> R bind(R defaults, Optional<Node> node, String prefix) {
    Map<String, Node> entries = node.map(n -> entries(n, defaults, prefix)).orElse(Map.of());
    Rebuild<R> rebuild = new Rebuild<>(defaults);
    for (RecordComponent component : Schema.keys(defaults.getClass())) {
      String path = prefix + component.getName();
      Optional<Node> child = Optional.ofNullable(entries.get(component.getName()));
      if (Schema.value(defaults, component) instanceof Record nested && Schema.hasKeys(nested)) {
        rebuild.set(component, bind(nested, child, path + "."));
        continue;
      }
      if (child.isPresent()) {
        Consumer<String> complain = message -> complain(child.get(), path, message);
        convert(component.getGenericType(), child.get(), path)
            .filter(value -> rebuild.accepts(component, value, complain))
            .ifPresent(value -> rebuild.set(component, value));
      } else if (node.isPresent() && Schema.key(component).required()) {
        complain(node.get(), path, "missing");
      }
      fromEnvironment(component, rebuild).ifPresent(value -> rebuild.set(component, value));
    }
    return rebuild.build(message ->
        problems.accept(
            node.map(n -> Document.problem(file, n, stem(prefix), message))
                .orElse(Environment.problem(stem(prefix), message))));
  }

  private static String stem(String prefix) {
    return prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1);
  }

  /** The known keys of a mapping; reports the others, and those that stand there twice. */
  private Map<String, Node> entries(Node node, Record defaults, String prefix) {
    if (Document.isEmpty(node)) {
      return Map.of();
    }
    List<RecordComponent> keys = Schema.keys(defaults.getClass());
    if (node instanceof ScalarNode) {
      for (RecordComponent key : keys) {
        if (Schema.key(key).shorthand()) {
          return Map.of(key.getName(), node);
        }
      }
    }
    if (!(node instanceof MappingNode mapping)) {
      complain(node, stem(prefix), kind(node) + " (expected: keys and values)");
      return Map.of();
    }
    List<String> known = keys.stream().map(RecordComponent::getName).toList();
    Map<String, Node> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Optional<String> name = name(tuple.getKeyNode(), stem(prefix));
      if (name.isEmpty()) {
        continue;
      }
      if (!known.contains(name.get())) {
        complain(
            tuple.getKeyNode(),
            prefix + Shown.name(name.get()),
            "unknown key" + suggestion(name.get(), known));
      } else if (entries.putIfAbsent(name.get(), tuple.getValueNode()) != null) {
        complain(tuple.getKeyNode(), prefix + name.get(), "stands here twice (expected: once)");
      }
    }
    return entries;
  }

  private Optional<String> name(Node key, String path) {
    if (key instanceof ScalarNode scalar) {
      return Optional.of(scalar.getValue());
    }
    complain(key, path, kind(key) + " as a key (expected: a name)");
    return Optional.empty();
  }

  private static String suggestion(String name, List<String> siblings) {
    return Spelling.nearest(name, siblings)
        .or(() ->
            Schema.entries().stream()
                .filter(entry -> entry.name().equals(name))
                .map(Schema.Entry::path)
                .findFirst())
        .map(meant -> "; did you mean " + meant + "?")
        .orElse(" (expected: " + String.join(", ", siblings) + ")");
  }

  private Optional<Object> convert(Type type, Node node, String path) {
    if (type instanceof ParameterizedType parameterized) {
      Class<?> raw = (Class<?>) parameterized.getRawType();
      if (raw == Optional.class) {
        return scalar(Schema.argument(type, 0), node, path, true).map(Optional::of);
      } else if (raw == Map.class) {
        return secrets(node, path);
      }
      return Schema.itemDefaults(type)
          .map(item -> records(item, node, path))
          .orElseGet(() ->
              values(Schema.argument(type, 0), node, path)
                  .map(t -> raw == Set.class ? new LinkedHashSet<>(t) : t));
    }
    return scalar((Class<?>) type, node, path, false);
  }

  private Optional<Object> records(Record itemDefaults, Node node, String path) {
    List<Node> items = items(node, path);
    List<Record> records = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      records.add(bind(itemDefaults, Optional.of(items.get(i)), path + "[" + i + "]."));
    }
    return Optional.of(records);
  }

  private Optional<List<Object>> values(Class<?> type, Node node, String path) {
    List<Node> items = items(node, path);
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      scalar(type, items.get(i), path + "[" + i + "]", false).ifPresent(values::add);
    }
    return Optional.of(values);
  }

  private List<Node> items(Node node, String path) {
    if (node instanceof SequenceNode sequence) {
      return sequence.getValue();
    }
    if (!Document.isEmpty(node)) {
      complain(node, path, kind(node) + " (expected: a list)");
    }
    return List.of();
  }

  private Optional<Object> secrets(Node node, String path) {
    Map<String, Secret> secrets = new LinkedHashMap<>();
    if (node instanceof MappingNode mapping) {
      Set<String> seen = new LinkedHashSet<>();
      for (NodeTuple tuple : mapping.getValue()) {
        Optional<String> name = name(tuple.getKeyNode(), path);
        if (name.isPresent() && !seen.add(name.get().toLowerCase(Locale.ROOT))) {
          complain(tuple.getKeyNode(), path, "a name stands here twice (expected: once)");
        } else if (name.isPresent()) {
          scalar(Secret.class, tuple.getValueNode(), path + "." + Shown.name(name.get()), false)
              .ifPresent(value -> secrets.put(name.get(), (Secret) value));
        }
      }
    } else if (!Document.isEmpty(node)) {
      complain(node, path, kind(node) + " (expected: names and values)");
    }
    return Optional.of(secrets);
  }

  /** One value; an empty one counts as absent where it may be absent. */
  private Optional<Object> scalar(Class<?> type, Node node, String path, boolean mayBeAbsent) {
    if (!(node instanceof ScalarNode scalar)) {
      complain(node, path, kind(node) + " (expected: one value)");
      return Optional.empty();
    }
    Substitution substitution = Substitution.of(scalar.getValue(), environment);
    substitution.complaints().forEach(complaint -> complain(node, path, complaint));
    if (!substitution.complaints().isEmpty()) {
      return Optional.empty();
    }
    String text = substitution.text().strip();
    if (text.isEmpty() || Document.isEmpty(node)) {
      if (!mayBeAbsent) {
        complain(node, path, "nothing (expected: a value)");
      }
      return Optional.empty();
    }
    try {
      return Optional.of(Scalars.read(type, text));
    } catch (Scalars.Unreadable e) {
      String came = substitution.fromVariables() ? "a variable's value" : Shown.text(text);
      complain(node, path, came + " (expected: " + e.getMessage() + ")");
      return Optional.empty();
    }
  }

  /** What a variable says instead; lists have variables of their own form, read elsewhere. */
  private Optional<Object> fromEnvironment(RecordComponent component, Rebuild<?> rebuild) {
    String name = Schema.key(component).env();
    if (name.isEmpty() || component.getType() == List.class) {
      return Optional.empty();
    }
    Optional<String> text = environment.value(name, problems);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    boolean optional = component.getType() == Optional.class;
    Class<?> type = optional ? Schema.argument(component.getGenericType(), 0) : component.getType();
    try {
      Object value = Scalars.read(type, text.get());
      return Optional.of(optional ? Optional.of(value) : value)
          .filter(given ->
              rebuild.accepts(
                  component,
                  given,
                  message -> problems.accept(Environment.problem(name, message))));
    } catch (Scalars.Unreadable e) {
      String message = Shown.text(text.get()) + " (expected: " + e.getMessage() + ")";
      problems.accept(Environment.problem(name, message));
      return Optional.empty();
    }
  }

  private void complain(Node node, String path, String message) {
    problems.accept(Document.problem(file, node, path, message));
  }

  private static String kind(Node node) {
    return switch (node) {
      case MappingNode _ -> "keys and values";
      case SequenceNode _ -> "a list";
      default -> "a single value";
    };
  }
}
