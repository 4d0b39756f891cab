package io.jethproxy.subscribe;

import io.jethproxy.call.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What came of looking for something. */
sealed interface Got<T> {

  /** It is there. */
  record Value<T>(T value) implements Got<T> {}

  /** Not this time; later perhaps. */
  record Failed<T>(Outcome because) implements Got<T> {}

  /** Not any more: what is missing will not come back. */
  record Lost<T>(String why) implements Got<T> {}

  /** What is made of the value, if there is one. */
  default <U> Got<U> map(Function<T, U> change) {
    return switch (this) {
      case Value<T>(var value) -> new Value<>(change.apply(value));
      case Failed<T>(var because) -> new Failed<>(because);
      case Lost<T>(var why) -> new Lost<>(why);
    };
  }

  /** All values in order, or the first that is none. */
  static <T> Got<List<T>> all(List<Got<T>> each) {
    List<T> values = new ArrayList<>(each.size());
    for (Got<T> one : each) {
      switch (one) {
        case Value<T>(var value) -> values.add(value);
        case Failed<T>(var because) -> {
          return new Failed<>(because);
        }
        case Lost<T>(var why) -> {
          return new Lost<>(why);
        }
      }
    }
    return new Value<>(values);
  }
}
