package io.jethproxy.app;

import io.jethproxy.config.Config;
import java.io.PrintWriter;

/** TEMP. */
final class ProviderSurvey {
  ProviderSurvey(Config config) {}

  boolean print(PrintWriter out) {
    return out.checkError();
  }
}
