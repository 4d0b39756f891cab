package io.jethproxy.verify;

import java.util.Set;

/** What can be recomputed or compared in an answer, unless a chain has its own ways. */
public enum Aspect {
  /** The hash of a block is that of its fields. */
  HEADER_HASH("own-header"),
  /** The hash of a transaction is that of its fields. */
  TRANSACTION_HASH(
      "polygon-state-sync", "hyperliquid-system-tx", "cronos-phantom-tx", "zksync", "dev"),
  /** The transactions of a block are those that its header names. */
  TRANSACTIONS_ROOT(
      "polygon-state-sync",
      "hyperliquid-system-tx",
      "cronos-phantom-tx",
      "zksync",
      "arbitrum",
      "own-header",
      "dev"),
  /** So are the withdrawals; elsewhere the field holds something else. */
  WITHDRAWALS_ROOT("op-stack", "zksync", "own-header"),
  /** The receipts of a block are those that its header names. */
  RECEIPTS_ROOT(
      "polygon-state-sync",
      "hyperliquid-system-tx",
      "cronos-phantom-tx",
      "hedera-duplicate-receipts",
      "zksync",
      "arbitrum",
      "own-header"),
  /** A bloom has the bits of all its logs. */
  BLOOM("polygon-state-sync", "hyperliquid-system-tx", "cronos-phantom-tx", "zksync"),
  /** The fees that are told of blocks are those of their headers. */
  BASE_FEE("zksync"),
  /** What is proved of accounts is what the headers name. */
  STATE_PROOF("zksync", "zkevm"),
  /** Logs come in order, and are numbered through their block. */
  LOG_ORDER("hedera-duplicate-receipts", "cronos-phantom-tx");

  @SuppressWarnings("ImmutableEnumChecker") // Set.of cannot be changed
  private final Set<String> quirks;

  Aspect(String... quirks) {
    this.quirks = Set.of(quirks);
  }

  /** Whether a network with these quirks is known not to keep it. */
  boolean isBrokenBy(Set<String> networkQuirks) {
    return networkQuirks.stream().anyMatch(quirks::contains);
  }
}
