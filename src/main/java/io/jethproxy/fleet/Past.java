package io.jethproxy.fleet;

import io.jethproxy.eth.MethodSpec;
import java.util.Optional;

/** What a provider may have thrown away for old blocks, each with a reach of its own. */
public enum Past {
  /** Balances, code, storage; what calls run on. */
  STATE(true),
  /** Proofs of state, which many keep for the newest blocks only. */
  PROOFS(true),
  /** Blocks and transactions. */
  BLOCKS(false),
  RECEIPTS(false),
  LOGS(false),
  /** Executions again: {@code debug_} and {@code trace_}. */
  TRACES(true);

  private final boolean isWindow;

  Past(boolean isWindow) {
    this.isWindow = isWindow;
  }

  /** Whether who keeps not all of it keeps it for so many blocks below the head. */
  boolean isWindow() {
    return isWindow;
  }

  /** What answering a method takes; empty when that does not depend on the age of a block. */
  public static Optional<Past> of(MethodSpec method) {
    if (method.need() == MethodSpec.Need.NOTHING) {
      return Optional.empty();
    }
    if (method.exposure() == MethodSpec.Exposure.TRACE) {
      return Optional.of(TRACES);
    }
    return Optional.of(
        switch (method.name()) {
          case "eth_getProof" -> PROOFS;
          case "eth_getLogs" -> LOGS;
          case "eth_getBlockReceipts", "eth_getTransactionReceipt" -> RECEIPTS;
          default -> method.need() == MethodSpec.Need.HISTORY ? BLOCKS : STATE;
        });
  }
}
