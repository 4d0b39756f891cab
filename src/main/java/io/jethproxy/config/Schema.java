package io.jethproxy.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The keys of the YAML file, as the records declare them. */
final class Schema {

  /** What an item of a list starts from. */
  private static final Map<Class<?>, Record> ITEM_DEFAULTS =
      Map.of(ProviderConfig.class, ProviderConfig.DEFAULTS);

  private Schema() {}

  /**
   * One key.
   *
   * @param path the key with its parents; {@code []} marks an item of a list
   * @param defaultValue what holds without it
   */
  record Entry(String path, RecordComponent component, Object defaultValue) {

    Key key() {
      return Schema.key(component);
    }

    String name() {
      return component.getName();
    }
  }

  /** All keys, parents before their children. */
  static List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    collect("", Config.DEFAULTS, entries);
    return entries;
  }

  /** The components that are keys. */
  static List<RecordComponent> keys(Class<?> type) {
    return Arrays.stream(type.getRecordComponents())
        .filter(component -> component.isAnnotationPresent(Key.class))
        .toList();
  }

  /** Whether a record has keys of its own, and is not a plain value. */
  static boolean hasKeys(Record value) {
    return !keys(value.getClass()).isEmpty();
  }

  static Key key(RecordComponent component) {
    return Objects.requireNonNull(component.getAnnotation(Key.class));
  }

  /** The value of a component. */
  static Object value(Record from, RecordComponent component) {
    try {
      return component.getAccessor().invoke(from);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot read " + component, e);
    }
  }

  /** What the items of a list are, if the type is a list of records. */
  static Optional<Record> itemDefaults(Type type) {
    return type instanceof ParameterizedType list && list.getRawType() == List.class
        ? Optional.ofNullable(ITEM_DEFAULTS.get(argument(list, 0)))
        : Optional.empty();
  }

  static Class<?> argument(Type type, int index) {
    return (Class<?>) ((ParameterizedType) type).getActualTypeArguments()[index];
  }

  private static void collect(String prefix, Record defaults, List<Entry> entries) {
    for (RecordComponent component : keys(defaults.getClass())) {
      Object value = value(defaults, component);
      String path = prefix + component.getName();
      entries.add(new Entry(path, component, value));
      if (value instanceof Record nested && hasKeys(nested)) {
        collect(path + ".", nested, entries);
      }
      itemDefaults(component.getGenericType())
          .ifPresent(item -> collect(path + "[].", item, entries));
    }
  }
}
