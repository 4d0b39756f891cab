package io.jethproxy.config;

import java.util.List;

/** What reading the configuration came to. */
public sealed interface Loaded {

  /** All is well. */
  record Ok(Config config) implements Loaded {}

  /** All mistakes, in the order of the file, at least one. */
  record Bad(List<Problem> problems) implements Loaded {}

  /**
   * Nobody said what to do.
   *
   * @param message the ways to start, for people
   */
  record Nothing(String message) implements Loaded {}
}
