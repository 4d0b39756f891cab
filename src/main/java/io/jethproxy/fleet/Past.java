package io.jethproxy.fleet;

import io.jethproxy.eth.MethodSpec;
import java.util.Optional;

/** What a provider may have thrown away for old blocks, each with a reach of its own. */
public enum Past {
  /** Balances, code, storage; what calls run on. */
  STATE,
  /** Proofs of state, which many keep for the newest blocks only. */
  PROOFS,
  /** Blocks and transactions. */
  BLOCKS,
  RECEIPTS,
  LOGS,
  /** Executions again: {@code debug_} and {@code trace_}. */
  TRACES;

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
