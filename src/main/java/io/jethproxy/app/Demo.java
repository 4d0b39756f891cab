package io.jethproxy.app;

import java.io.PrintWriter;

/** TEMP. */
final class Demo {
  static int run(PrintWriter out, PrintWriter errors) {
    return Main.OK;
  }
}
