package io.jethproxy.app;

import java.util.Objects;

/** The version of this build. */
final class Version {

  static final String TEXT =
      Objects.requireNonNullElse(
          Version.class.getPackage().getImplementationVersion(), "development");

  private Version() {}
}
