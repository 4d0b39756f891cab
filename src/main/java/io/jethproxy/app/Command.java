package io.jethproxy.app;

import java.util.Arrays;
import java.util.Optional;

/** What the program can be told to do. */
enum Command {
  SERVE("serve", true, "Run the gateway (the default command).", ""),
  CHECK(
      "check",
      true,
      "Probe every provider and print a table; exit 0 only if the gateway would start healthy.",
      """
      Makes at most %d cheap calls to each provider, to all at once, in at most 15 seconds.

      depth      how far back it holds the state, of 128, 10,000 and 1,000,000 blocks and all
      logs       the widest range of blocks that eth_getLogs accepts, of 10, 100, 1,000, 10,000,
                 100,000 and all
      batch      whether it answers a batch of requests
      receipts   whether it has eth_getBlockReceipts
      """
          .formatted(ProviderProbe.CALLS_MAX)),
  DEMO(
      "demo",
      false,
      "Run the gateway before a chain of its own; no keys, no network, no configuration.",
      """
      The chain is served by three simulated providers: one is steady, one slow, one moody.
      PORT (8000) and MANAGEMENT_PORT (8001) choose where the gateway listens.
      """),
  HEALTHCHECK(
      "healthcheck",
      true,
      "Ask the gateway on this machine whether it is alive; exit 0 if it is.",
      """
      Asks /health on HOST and PORT, or what the file has in their place, for 3 seconds. For
      containers, whose health check it is: nothing else is needed there.
      """),
  /** The launcher's training run. */
  WARM_UP("warm-up", false, "", "");

  private final String word;
  private final boolean takesConfig;
  private final String summary;
  private final String details;

  Command(String word, boolean takesConfig, String summary, String details) {
    this.word = word;
    this.takesConfig = takesConfig;
    this.summary = summary;
    this.details = details;
  }

  /** The command that a word means. */
  static Optional<Command> of(String word) {
    return Arrays.stream(values()).filter(command -> command.word.equals(word)).findFirst();
  }

  /** How it is written on the command line. */
  String word() {
    return word;
  }

  /** Whether it takes {@code --config FILE}. */
  boolean takesConfig() {
    return takesConfig;
  }

  /** One sentence; empty for what is not for people. */
  String summary() {
    return summary;
  }

  /** Further lines of its help, each with its end; may be empty. */
  String details() {
    return details;
  }
}
