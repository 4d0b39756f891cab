package io.jethproxy.consistency;

/** What readers may rely on; see {@code docs/consistency.md}. */
enum Guarantee {
  G1_MONOTONIC_HEAD,
  G2_NO_PHANTOM,
  G3_READ_AFTER_HEAD,
  G4_READ_YOUR_WRITES,
  G5_STICKY_RECEIPT,
  G6_COMPLETE_LOGS,
  G7_ONE_FORK_PER_BATCH,
  G8_FINALITY,
  G9_EACH_EVENT_ONCE,
  G12_IDEMPOTENT_SEND
}
