package io.jethproxy.consistency;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A block as the conductor made it; immutable.
 *
 * @param parent empty for genesis alone
 * @param baseFeeWei of this block
 * @param transactions what it holds, in order
 * @param logs what its transactions logged, in order
 * @param savedWei the balance of the logging contract after it
 * @param nonces of each account that ever sent, after it
 */
record Block(
    String hash,
    Optional<Block> parent,
    long number,
    long timestamp,
    long baseFeeWei,
    long gasUsed,
    long gasLimit,
    List<Payment> transactions,
    List<LogLine> logs,
    long savedWei,
    Map<String, Long> nonces) {

  /**
   * One log, in the form in which answers are compared.
   *
   * @param topic the only one: who called
   */
  record LogLine(String blockHash, String transactionHash, long index, String topic, String data) {

    static LogLine of(JsonNode log) {
      return new LogLine(
          log.path("blockHash").asString(""),
          log.path("transactionHash").asString(""),
          Json.number(log.path("logIndex")),
          log.path("topics").path(0).asString(""),
          log.path("data").asString(""));
    }
  }

  /** The block of this number on the way from this one to genesis. */
  Block ancestor(long wanted) {
    Block at = this;
    while (at.number() > wanted) {
      at = at.parent().orElseThrow();
    }
    return at;
  }

  boolean isOnTheWayTo(Block tip) {
    return tip.number() >= number && tip.ancestor(number).hash().equals(hash);
  }

  Block commonAncestor(Block other) {
    long low = Math.min(number, other.number());
    Block mine = ancestor(low);
    Block its = other.ancestor(low);
    while (!mine.hash().equals(its.hash())) {
      mine = mine.parent().orElseThrow();
      its = its.parent().orElseThrow();
    }
    return mine;
  }

  long nonce(String account) {
    return nonces.getOrDefault(account, 0L);
  }

  /** What EIP-1559 asks of the block after this. */
  long nextBaseFeeWei() {
    long target = gasLimit / 2;
    long step = baseFeeWei * Math.abs(gasUsed - target) / target / 8;
    return gasUsed > target ? baseFeeWei + Math.max(1, step) : baseFeeWei - step;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Block block && block.hash().equals(hash);
  }

  @Override
  public int hashCode() {
    return hash.hashCode();
  }

  @Override
  public String toString() {
    return number + " " + hash.substring(0, 10);
  }
}
