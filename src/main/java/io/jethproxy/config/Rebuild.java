package io.jethproxy.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** A copy of a record with some components replaced; the record's own constructor judges them. */
final class Rebuild<R extends Record> {

  private final R original;
  private final Map<String, Object> replacements = new LinkedHashMap<>();

  Rebuild(R original) {
    this.original = original;
  }

  /** Whether the record takes the value beside its other defaults; reports it if not. */
  boolean accepts(RecordComponent component, Object value, Consumer<String> complain) {
    try {
      construct(Map.of(component.getName(), value));
      return true;
    } catch (IllegalArgumentException e) {
      complain.accept(withoutName(e, component.getName()));
      return false;
    }
  }

  void set(RecordComponent component, Object value) {
    replacements.put(component.getName(), value);
  }

  /** The new record; the original if its values do not go together, which is reported. */
  R build(Consumer<String> complain) {
    try {
      return construct(replacements);
    } catch (IllegalArgumentException e) {
      complain.accept(withoutName(e, ""));
      return original;
    }
  }

  @SuppressWarnings("unchecked") // the class of R is R's
  private R construct(Map<String, Object> changes) {
    RecordComponent[] components = original.getClass().getRecordComponents();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    Object[] values =
        Arrays.stream(components)
            .map(c ->
                Objects.requireNonNullElseGet(
                    changes.get(c.getName()), () -> Schema.value(original, c)))
            .toArray();
    try {
      return (R) original.getClass().getDeclaredConstructor(types).newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refusal) {
        throw refusal;
      }
      throw new IllegalStateException("cannot build " + original.getClass(), e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot build " + original.getClass(), e);
    }
  }

  private static String withoutName(IllegalArgumentException refusal, String name) {
    String message = String.valueOf(refusal.getMessage());
    return message.startsWith(name + ": ") ? message.substring(name.length() + 2) : message;
  }
}
