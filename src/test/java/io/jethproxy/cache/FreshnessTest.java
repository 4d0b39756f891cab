package io.jethproxy.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.chain.FedChain;
import io.jethproxy.chain.View;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.MethodSpec;
import io.jethproxy.eth.Methods;
import io.jethproxy.rpc.RawJson;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The newest block is 0x70, the ring goes down to 0x6d or to what is final, 0x6e. */
class FreshnessTest {

  private static final Methods METHODS = Methods.load();
  private static final String OLD = "0x" + "c".repeat(64);
  private static final String OTHER = "0x" + "d".repeat(64);

  private final FedChain chain = new FedChain(1, 0x70);

  /** What becomes of an answer, in one word. */
  private String fate(String method, String params, String result) {
    return fate(method, params, result, chain.view(), chain.view());
  }

  private String fate(String method, String params, String result, View asked, View answered) {
    MethodSpec spec = METHODS.of(method);
    Plan plan = Freshness.plan(spec, RawJson.of(named(params)), asked);
    if (plan instanceof Plan.Unstorable(NotCached why)) {
      return "not asked: " + why.label();
    }
    return switch (Freshness.settle(plan, spec, RawJson.of(named(result)), answered, 7, 1_000)) {
      case Freshness.Verdict.Drop(NotCached why) -> "dropped: " + why.label();
      case Freshness.Verdict.Keep(Validity validity) -> word(validity);
    };
  }

  private static String word(Validity validity) {
    return switch (validity) {
      case Validity.Timeless _ -> "timeless";
      case Validity.AtTip _, Validity.Newest _ -> "until the next block";
      case Validity.InRing(long number, _) -> "in the ring " + Long.toHexString(number);
      case Validity.Final(long number, long era) -> {
        assertThat(era).isEqualTo(7);
        yield "final " + Long.toHexString(number);
      }
    };
  }

  /** Puts hashes for {@code TIP}, {@code FINAL}, {@code OLD} and {@code OTHER}, quotes for '. */
  private String named(String text) {
    return text.replace('\'', '"')
        .replace("TIP", chain.hash(0x70).toString())
        .replace("FINAL", chain.hash(0x6e).toString())
        .replace("OLD", OLD)
        .replace("OTHER", OTHER);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // Not on the chain.
        "eth_protocolVersion | [] | '0x41' | timeless",
        "zks_L1ChainId | [] | null | dropped: null",
        // On what the newest block is.
        "eth_gasPrice | [] | '0x1' | until the next block",
        "eth_estimateGas | [{}] | '0x5208' | until the next block",
        "eth_estimateGas | [{},'latest'] | '0x5208' | until the next block",
        "eth_estimateGas | [{},'0x70'] | '0x5208' | until the next block",
        "eth_estimateGas | [{},'pending'] | '0x5208' | not asked: pending",
        "eth_estimateGas | [{},'safe'] | '0x5208' | not asked: tag",
        "eth_blockNumber | [] | '0x70' | not asked: method",
        // By number.
        "eth_getBalance | ['0xa','0x70'] | '0x0' | until the next block",
        "eth_getBalance | ['0xa','0x6f'] | '0x0' | in the ring 6f",
        "eth_getBalance | ['0xa','0x6e'] | '0x0' | final 6e",
        "eth_getBalance | ['0xa','0x1'] | '0x0' | final 1",
        "eth_getBalance | ['0xa','0x0'] | '0x0' | final 0",
        "eth_getBalance | ['0xa','0x71'] | '0x0' | not asked: future",
        "eth_getBalance | ['0xa','latest'] | '0x0' | not asked: tag",
        "eth_getBalance | ['0xa'] | '0x0' | not asked: tag",
        "eth_getBalance | ['0xa','pending'] | '0x0' | not asked: pending",
        "eth_getBalance | ['0xa','finalized'] | '0x0' | not asked: tag",
        "eth_getBalance | ['0xa','0x06e'] | '0x0' | not asked: unread_block",
        "eth_getBalance | ['0xa',{'blockHash':'TIP'}] | '0x0' | until the next block",
        "eth_getBalance | ['0xa',{'blockHash':'FINAL'}] | '0x0' | final 6e",
        "eth_getBalance | ['0xa',{'blockHash':'OLD'}] | '0x0' | not asked: out_of_ring",
        "eth_call | [{},'0x70'] | '0x' | until the next block",
        "eth_call | [{},'0x6e'] | null | dropped: null",
        "eth_getBlockByNumber | ['0x70',false] | {'number':'0x70','hash':'TIP','parentHash':'OLD'}"
            + " | in the ring 70",
        "eth_getBlockByNumber | ['0x70',false]"
            + " | {'number':'0x70','hash':'OTHER','parentHash':'OLD'} | dropped: other_block",
        "eth_getBlockByNumber | ['0x70',false]"
            + " | {'number':'0x6f','hash':'TIP','parentHash':'OLD'} | dropped: other_block",
        "eth_getBlockByNumber | ['0x2',false]"
            + " | {'number':'0x2','hash':'OLD','parentHash':'OTHER'} | final 2",
        "eth_getBlockByNumber | ['0x2',false]"
            + " | {'number':'0x3','hash':'OLD','parentHash':'OTHER'} | dropped: other_block",
        "eth_getBlockByNumber | ['0x2',false] | null | dropped: null",
        "eth_getBlockReceipts | ['0x70'] | [{'blockHash':'TIP','blockNumber':'0x70'}]"
            + " | in the ring 70",
        "eth_getBlockReceipts | ['0x70'] | [{'blockHash':'OTHER','blockNumber':'0x70'}]"
            + " | dropped: other_block",
        "eth_getBlockReceipts | ['0x70'] | [] | dropped: empty",
        "eth_getBlockReceipts | ['0x3'] | [] | final 3",
        "eth_getBlockReceipts | ['OLD'] | [{'blockHash':'OLD','blockNumber':'0x3'}] | final 3",
        "eth_getBlockReceipts | ['OLD'] | [] | dropped: unplaced",
        "trace_block | ['0x3'] | [{'blockHash':'OLD','blockNumber':3}] | final 3",
        "trace_block | ['0x3'] | [{'blockHash':'OLD','blockNumber':4}] | dropped: other_block",
        "eth_feeHistory | ['0x4','0x70',[]] | {'oldestBlock':'0x6d'} | in the ring 70",
        "eth_simulateV1 | [{},'0x70'] | [{'number':'0x71','hash':'OTHER','parentHash':'TIP'}]"
            + " | until the next block",
        // By hash.
        "eth_getBlockByHash | ['TIP',false] | {'number':'0x70','hash':'TIP','parentHash':'OLD'}"
            + " | in the ring 70",
        "eth_getBlockByHash | ['OLD',false] | {'number':'0x3','hash':'OLD','parentHash':'OTHER'}"
            + " | final 3",
        "eth_getBlockByHash | ['OLD',false]"
            + " | {'number':'0x6f','hash':'OLD','parentHash':'OTHER'} | dropped: other_block",
        "eth_getBlockByHash | ['OLD',false]"
            + " | {'number':'0x3','hash':'OTHER','parentHash':'OLD'} | dropped: other_block",
        "eth_getBlockByHash | ['OLD',false] | null | dropped: null",
        "eth_getBlockTransactionCountByHash | ['TIP'] | '0x3' | in the ring 70",
        "eth_getBlockTransactionCountByHash | ['OLD'] | '0x3' | final 0",
        // By transaction.
        "eth_getTransactionReceipt | ['OLD'] | {'blockHash':'TIP','blockNumber':'0x70'}"
            + " | in the ring 70",
        "eth_getTransactionReceipt | ['OLD'] | {'blockHash':'FINAL','blockNumber':'0x6e'}"
            + " | final 6e",
        "eth_getTransactionReceipt | ['OLD'] | {'blockHash':'OTHER','blockNumber':'0x3'} | final 3",
        "eth_getTransactionReceipt | ['OLD'] | {'blockHash':'OTHER','blockNumber':'0x70'}"
            + " | dropped: other_block",
        "eth_getTransactionReceipt | ['OLD'] | {'blockHash':'OTHER','blockNumber':'0x71'}"
            + " | dropped: other_block",
        "eth_getTransactionReceipt | ['OLD'] | {'blockHash':'OTHER','blockNumber':'0x6e'}"
            + " | dropped: other_block",
        "eth_getTransactionReceipt | ['OLD'] | null | dropped: null",
        "eth_getTransactionByHash | ['OLD'] | {'blockHash':null,'blockNumber':null}"
            + " | dropped: pending",
        "eth_getRawTransactionByHash | ['OLD'] | '0x02' | dropped: unplaced",
        // Ranges.
        "eth_getLogs | [{'fromBlock':'0x1','toBlock':'0x6e'}] | [] | final 6e",
        "eth_getLogs | [{'fromBlock':'0x1','toBlock':'0x2'}]"
            + " | [{'blockHash':'OLD','blockNumber':'0x2'}] | final 2",
        "eth_getLogs | [{'fromBlock':'0x1','toBlock':'0x70'}] | [] | dropped: empty",
        "eth_getLogs | [{'fromBlock':'0x1','toBlock':'0x70'}]"
            + " | [{'blockHash':'TIP','blockNumber':'0x70'}] | in the ring 70",
        "eth_getLogs | [{'fromBlock':'0x1','toBlock':'0x70'}]"
            + " | [{'blockHash':'OTHER','blockNumber':'0x70'}] | dropped: other_block",
        "eth_getLogs | [{'fromBlock':'0x1','toBlock':'latest'}] | [] | not asked: tag",
        "eth_getLogs | [{'fromBlock':'0x1'}] | [] | not asked: tag",
        "eth_getLogs | [{'fromBlock':'0x1','toBlock':'pending'}] | [] | not asked: pending",
        "eth_getLogs | [{'fromBlock':'0x1','toBlock':'0x71'}] | [] | not asked: future",
        "eth_getLogs | [{'blockHash':'TIP'}] | [{'blockHash':'TIP','blockNumber':'0x70'}]"
            + " | in the ring 70",
        "eth_getLogs | [{'blockHash':'OLD'}] | [{'blockHash':'OLD','blockNumber':'0x3'}] | final 3",
        "eth_getLogs | [{'blockHash':'OLD'}] | [] | dropped: unplaced",
        // Never.
        "eth_sendRawTransaction | ['0x'] | '0x' | not asked: method",
        "eth_newFilter | [{}] | '0x1' | not asked: method",
        "eth_getUserOperationByHash | ['OLD'] | {} | not asked: method",
        "acme_getWidget | [] | {} | not asked: method",
      })
  void keepsAnAnswerForAsLongAsItIsTrue(
      String method, String params, String result, String expected) {
    chain.finalise(0x6e);

    assertThat(fate(method, params, result)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "eth_protocolVersion | [] | '0x41' | timeless",
        "eth_gasPrice | [] | '0x1' | not asked: chain_unknown",
        "eth_getBalance | ['0xa','0x1'] | '0x0' | not asked: chain_unknown",
        "eth_getBlockByHash | ['OLD',false] | {} | not asked: chain_unknown",
        "eth_getTransactionReceipt | ['OLD'] | {} | not asked: chain_unknown",
      })
  void asksNothingOfTheChainWhileItIsNotKnown(
      String method, String params, String result, String expected) {
    assertThat(fate(method, params, result, View.UNKNOWN, View.UNKNOWN)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "eth_getBalance | ['0xa','0x70'] | '0x0' | until the next block",
        "eth_getBalance | ['0xa','0x6d'] | '0x0' | in the ring 6d",
        "eth_getBalance | ['0xa','0x6c'] | '0x0' | not asked: out_of_ring",
        "eth_getBlockByHash | ['TIP',false] | {'number':'0x70','hash':'TIP','parentHash':'OLD'}"
            + " | in the ring 70",
        "eth_getBlockByHash | ['OLD',false] | {'number':'0x3','hash':'OLD','parentHash':'OTHER'}"
            + " | not asked: out_of_ring",
        "eth_getTransactionReceipt | ['OLD'] | {'blockHash':'TIP','blockNumber':'0x70'}"
            + " | in the ring 70",
        "eth_getTransactionReceipt | ['OLD'] | {'blockHash':'OTHER','blockNumber':'0x3'}"
            + " | dropped: other_block",
      })
  void bindsToTheNewestBlocksOnlyWhenNothingIsFinal(
      String method, String params, String result, String expected) {
    assertThat(fate(method, params, result)).isEqualTo(expected);
  }

  @Test
  void dropsWhatWasFetchedWhileTheChainMoved() {
    chain.finalise(0x6e);
    View asked = chain.view();
    chain.reorganise(0x6f, 1);

    assertThat(fate("eth_getBalance", "['0xa','0x70']", "'0x0'", asked, chain.view()))
        .isEqualTo("dropped: moved");
    assertThat(fate("eth_gasPrice", "[]", "'0x0'", asked, chain.view()))
        .isEqualTo("dropped: moved");
    assertThat(fate("eth_getBalance", "['0xa','0x6f']", "'0x0'", asked, chain.view()))
        .isEqualTo("in the ring 6f");
    assertThat(fate("eth_getBalance", "['0xa','0x1']", "'0x0'", asked, View.UNKNOWN))
        .isEqualTo("dropped: chain_unknown");
  }

  /** A node may answer of the newest block from the one that it takes in just then. */
  @Test
  void keepsStateOfTheNewestBlockOnlyUntilTheNext() {
    View asked = chain.view();
    Hash tip = chain.hash(0x70);
    chain.grow(1);
    View next = chain.view();

    assertThat(fate("eth_getBalance", "['0xa','0x70']", "'0x0'", asked, next))
        .isEqualTo("dropped: moved");
    assertThat(fate("eth_getBalance", "['0xa',{'blockHash':'TIP'}]", "'0x0'", asked, next))
        .isEqualTo("dropped: moved");
    assertThat(fate("eth_getBalance", "['0xa','0x70']", "'0x0'", next, next))
        .isEqualTo("in the ring 70");
    assertThat(new Validity.Newest(tip).holds(asked, 1, 0)).isTrue();
    assertThat(new Validity.Newest(tip).holds(next, 1, 0)).isFalse();
  }

  /** Every method of the table, with what may be a block in every place. */
  @Test
  void keepsNothingOfPendingBlocks() {
    chain.finalise(0x6e);
    for (MethodSpec method : METHODS.known()) {
      if (method.block().kind() == MethodSpec.BlockParam.Kind.BLOCK) {
        String params = "[" + "'pending',".repeat(method.block().index()) + "'pending']";

        assertThat(fate(method.name(), params, "{}"))
            .as(method.name())
            .isIn("not asked: pending", "not asked: method");
      }
    }
  }

  @Test
  void isTrueUntilItsTimeOrItsBlockIsOver() {
    chain.finalise(0x6e);
    View view = chain.view();
    Hash tip = chain.hash(0x70);

    assertThat(new Validity.Timeless(100).holds(view, 1, 99)).isTrue();
    assertThat(new Validity.Timeless(100).holds(view, 1, 100)).isFalse();
    assertThat(new Validity.AtTip(tip, 100).holds(view, 1, 99)).isTrue();
    assertThat(new Validity.AtTip(tip, 100).holds(view, 1, 100)).isFalse();
    assertThat(new Validity.AtTip(chain.hash(0x6f), 100).holds(view, 1, 99)).isFalse();
    assertThat(new Validity.InRing(0x70, tip).holds(view, 1, 0)).isTrue();
    assertThat(new Validity.InRing(0x6f, tip).holds(view, 1, 0)).isFalse();
    assertThat(new Validity.Final(0x6e, 1).holds(view, 1, 0)).isTrue();
    assertThat(new Validity.Final(0x6f, 1).holds(view, 1, 0)).isFalse();
    assertThat(new Validity.Final(0x6e, 1).holds(view, 2, 0)).isFalse();
    assertThat(new Validity.Final(0x6e, 1).toString().toLowerCase(Locale.ROOT)).contains("final");
  }
}
