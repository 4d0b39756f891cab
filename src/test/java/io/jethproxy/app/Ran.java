package io.jethproxy.app;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;

/** What came of a command that ran in this process, with an environment of its own. */
record Ran(int status, String out, String errors) {

  static Ran of(String... arguments) {
    return in(Map.of(), arguments);
  }

  static Ran in(Map<String, String> environment, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter errors = new StringWriter();
    Shell shell = new Shell(environment, new PrintWriter(out), new PrintWriter(errors));
    int status = Main.run(shell, arguments);
    return new Ran(status, out.toString(), errors.toString());
  }

  /** The first line that begins with this word; empty when there is none. */
  String line(String word) {
    return out.lines().filter(line -> line.startsWith(word + " ")).findFirst().orElse("");
  }
}
