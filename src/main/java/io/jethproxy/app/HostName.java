package io.jethproxy.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What this machine, or container, calls itself. Asks no name server. */
final class HostName {

  private static final Path OF_LINUX = Path.of("/proc/sys/kernel/hostname");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private HostName() {}

  /** The name; empty when it is not known. */
  static String get() {
    return Stream.of(ofLinux(), variable("HOSTNAME"), variable("COMPUTERNAME"))
        .filter(name -> NAME.matcher(name).matches())
        .findFirst()
        .orElse("");
  }

  private static String ofLinux() {
    try {
      return Files.readString(OF_LINUX).strip();
    } catch (IOException notLinux) {
      return "";
    }
  }

  private static String variable(String name) {
    String value = System.getenv(name);
    return value == null ? "" : value;
  }
}
