package io.jethproxy.config;

import java.util.Comparator;

/**
 * One mistake of the user, as the user should read it; free of secrets.
 *
 * @param where the file, or {@code environment}
 * @param line from 1; 0 where there are no lines
 * @param column from 1; 0 where there are no columns
 * @param path the key with its parents, or the variable; empty for the whole
 * @param message what came and what was expected
 */
public record Problem(String where, int line, int column, String path, String message) {

  /** Variables first, then down the file. */
  static final Comparator<Problem> IN_ORDER =
      Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column);

  /** {@code file:line:column: path: message}. */
  @Override
  public String toString() {
    String place = line > 0 ? where + ":" + line + ":" + column : where;
    return place + ": " + (path.isEmpty() ? "" : path + ": ") + message;
  }
}
