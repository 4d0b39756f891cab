package io.jethproxy.survey;

import io.jethproxy.eth.Hex;
import io.jethproxy.fleet.Offers.Family;
import io.jethproxy.fleet.Past;
import io.jethproxy.rpc.RawJson;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is asked about in a survey, each with the cheapest question that tells. In this order: first
 * what matters to most calls.
 */
enum Subject {
  STATE("eth_getBalance", "[\"%1$s\",\"%2$s\"]", Past.STATE, null),
  RECEIPTS("eth_getBlockReceipts", "[\"%2$s\"]", Past.RECEIPTS, Family.BLOCK_RECEIPTS),
  LOGS(
      "eth_getLogs",
      "[{\"fromBlock\":\"%2$s\",\"toBlock\":\"%2$s\",\"address\":\"%1$s\"}]",
      Past.LOGS,
      null),
  BLOCKS("eth_getBlockByNumber", "[\"%2$s\",false]", Past.BLOCKS, null),
  PROOFS("eth_getProof", "[\"%1$s\",[],\"%2$s\"]", Past.PROOFS, Family.PROOFS),
  /** An unknown transaction: there is nothing to execute. */
  DEBUG("debug_traceTransaction", "[\"%3$s\"]", null, Family.DEBUG),
  TRACE("trace_transaction", "[\"%3$s\"]", null, Family.TRACE);

  private static final String ADDRESS = "0x" + "0".repeat(40);
  private static final String TRANSACTION = "0x" + "0".repeat(63) + "1";

  private final String method;
  private final String params;
  private final Optional<Past> past;
  private final Optional<Family> family;

  Subject(String method, String params, @Nullable Past past, @Nullable Family family) {
    this.method = method;
    this.params = params;
    this.past = Optional.ofNullable(past);
    this.family = Optional.ofNullable(family);
  }

  String method() {
    return method;
  }

  /** What a provider may have thrown away; empty when one answer tells all. */
  Optional<Past> past() {
    return past;
  }

  /** The methods of which one stands for all; empty when everybody offers it. */
  Optional<Family> family() {
    return family;
  }

  RawJson params(long number) {
    return RawJson.of(params.formatted(ADDRESS, Hex.quantity(number), TRANSACTION));
  }
}
