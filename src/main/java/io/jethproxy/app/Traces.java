package io.jethproxy.app;

import io.jethproxy.call.Ticker;
import io.jethproxy.config.TracesConfig;
import io.jethproxy.eth.Methods;
import io.jethproxy.observe.Redactor;
import io.jethproxy.observe.Secrets;
import io.jethproxy.observe.Tracing;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/** Starts traces, if they are configured. */
final class Traces {

  private Traces() {}

  /**
   * @param secrets those of the configuration, learned before
   * @throws ConfigurationException when the library for traces does not take a variable
   */
  static Tracing start(TracesConfig config, Methods methods, Ticker ticker, Secrets secrets) {
    if (!config.isOn()) {
      return Tracing.OFF;
    }
    Map<String, String> variables = new HashMap<>();
    config.variables().forEach((name, value) -> variables.put(name, value.reveal()));
    try {
      return Tracing.start(
          new Tracing.Config(variables, Version.TEXT),
          methods::knows,
          InstantSource.system(),
          ticker::nanos);
    } catch (IllegalArgumentException refusal) {
      throw new ConfigurationException(
          "traces: " + new Redactor(secrets).redact(String.valueOf(refusal.getMessage())));
    }
  }
}
