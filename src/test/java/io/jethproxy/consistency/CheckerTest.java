package io.jethproxy.consistency;

import static io.jethproxy.consistency.Guarantee.G12_IDEMPOTENT_SEND;
import static io.jethproxy.consistency.Guarantee.G1_MONOTONIC_HEAD;
import static io.jethproxy.consistency.Guarantee.G2_NO_PHANTOM;
import static io.jethproxy.consistency.Guarantee.G3_READ_AFTER_HEAD;
import static io.jethproxy.consistency.Guarantee.G4_READ_YOUR_WRITES;
import static io.jethproxy.consistency.Guarantee.G5_STICKY_RECEIPT;
import static io.jethproxy.consistency.Guarantee.G6_COMPLETE_LOGS;
import static io.jethproxy.consistency.Guarantee.G7_ONE_FORK_PER_BATCH;
import static io.jethproxy.consistency.Guarantee.G8_FINALITY;
import static io.jethproxy.consistency.Guarantee.G9_EACH_EVENT_ONCE;
import static io.jethproxy.consistency.Told.EARLY;
import static io.jethproxy.consistency.Told.LATE;
import static io.jethproxy.consistency.Told.SENDER;
import static io.jethproxy.consistency.Told.header;
import static io.jethproxy.consistency.Told.list;
import static io.jethproxy.consistency.Told.log;
import static io.jethproxy.consistency.Told.logs;
import static io.jethproxy.consistency.Told.probe;
import static io.jethproxy.consistency.Told.receipt;
import static io.jethproxy.consistency.Told.transaction;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Each guarantee by a history that breaks it and one beside it that does not. */
class CheckerTest {

  private static final String HEAD = "eth_blockNumber";
  private static final String BLOCK = "eth_getBlockByNumber";
  private static final String BY_HASH = "eth_getBlockByHash";
  private static final String RECEIPT = "eth_getTransactionReceipt";
  private static final String LOGS = "eth_getLogs";
  private static final String LATEST = "[\"latest\",false]";
  private static final String FINALIZED = "[\"finalized\",false]";
  private static final String PROBE = Workload.probe("\"latest\"").params();

  private static final String NOTICE = "eth_subscription";
  private static final String HEADS = "[\"newHeads\"]";
  private static final String OF_HEADS = "[\"newHeads\",\"0x5\"]";
  private static final String OF_LOGS = "[\"logs\",\"0x6\"]";

  private final Told told = new Told();

  @Test
  void aHeadMayNotGoBackInASession() {
    told.ok(10.1, HEAD, "[]", "\"0xa\"").ok(10.3, HEAD, "[]", "\"0x9\"");

    assertThat(told.broken()).containsExactly(G1_MONOTONIC_HEAD);
  }

  @Test
  void aHeadMayDifferBetweenSessions() {
    told.ok(10.1, HEAD, "[]", "\"0xa\"").other(10.3, HEAD, "[]", "\"0x9\"");

    assertThat(told.broken()).isEmpty();
  }

  @Test
  void callsAtTheSameTimeMayBeAnsweredInAnyOrder() {
    told.ok(10.1, HEAD, "[]", "\"0xa\"").ok(10.15, HEAD, "[]", "\"0x9\"");

    assertThat(told.broken()).isEmpty();
  }

  @Test
  void aHeadMayGoBackToWhereTheBranchesPart() {
    told.ok(20.2, HEAD, "[]", "\"0x14\"").ok(20.6, BLOCK, LATEST, header(told.now(18)));

    assertThat(told.broken()).isEmpty();
  }

  @Test
  void aHeadMayNotGoBackFurtherThanTheBranchesPart() {
    told.ok(20.2, HEAD, "[]", "\"0x14\"").ok(20.6, BLOCK, LATEST, header(told.now(16)));

    assertThat(told.broken()).containsExactly(G1_MONOTONIC_HEAD);
  }

  @Test
  void aHeadMustHaveBeenMade() {
    told.ok(10.1, HEAD, "[]", "\"0xb\"").ok(10.3, BLOCK, LATEST, header(told.now(21)));

    assertThat(told.broken()).containsExactly(G2_NO_PHANTOM, G2_NO_PHANTOM);
  }

  @Test
  void aHeadMayNotBeLeftBehindForLong() {
    told.ok(10.1, HEAD, "[]", "\"0x6\"").other(10.1, HEAD, "[]", "\"0x5\"");

    assertThat(told.broken()).containsExactly(G2_NO_PHANTOM);
  }

  @Test
  void aHeadMayBeOlderByWhatTheMachineWasLate() {
    told.stalled(7, 8.2).ok(10.1, HEAD, "[]", "\"0x4\"");

    assertThat(told.broken()).isEmpty();
  }

  @Test
  void aHeadMayNotBeOlderThanThat() {
    told.stalled(7, 8.2).ok(10.1, HEAD, "[]", "\"0x3\"");

    assertThat(told.broken()).containsExactly(G2_NO_PHANTOM);
  }

  @Test
  void anOrphanMayBeServedAsLongAsNodesHaveIt() {
    told.ok(21.4, BLOCK, LATEST, header(told.old(20)));

    assertThat(told.broken()).isEmpty();
  }

  @Test
  void anOrphanMayNotBeServedForEver() {
    told.ok(23.0, BLOCK, LATEST, header(told.old(20)));

    assertThat(told.broken()).containsExactly(G2_NO_PHANTOM);
  }

  @Test
  void aBlockUpToTheHeadMustBeThere() {
    told.ok(10.1, HEAD, "[]", "\"0xa\"")
        .ok(10.3, BLOCK, "[\"0xa\",false]", "null")
        .ok(10.5, BLOCK, "[\"0xb\",false]", "null")
        .ok(10.7, BY_HASH, list(told.now(10).hash()), "null")
        .fail(10.9, BLOCK, "[\"0xa\",false]", -32014);

    assertThat(told.broken()).containsExactly(G3_READ_AFTER_HEAD, G3_READ_AFTER_HEAD);
  }

  @Test
  void anOrphanMayBeMissing() {
    told.ok(20.2, BLOCK, LATEST, header(told.old(20)))
        .ok(20.7, BY_HASH, list(told.old(20).hash()), "null");

    assertThat(told.broken()).isEmpty();
  }

  @Test
  void theStateMustBeThatOfTheBlockAskedFor() {
    told.ok(10.1, HEAD, "[]", "\"0xa\"")
        .ok(10.3, "eth_getBalance", list(SENDER, "0x5"), "\"0x1\"")
        .ok(10.5, "eth_getBalance", list(SENDER, "0x5"), "\"0x0\"")
        .ok(10.7, "eth_call", Workload.probe("\"0x5\"").params(), probe(told.now(4)));

    assertThat(told.broken()).containsExactly(G3_READ_AFTER_HEAD, G3_READ_AFTER_HEAD);
  }

  @Test
  void receiptsOfABlockMustBeAllThere() {
    told.ok(10.1, HEAD, "[]", "\"0xa\"")
        .ok(10.3, "eth_getBlockReceipts", list("0x5"), "[" + receipt(told.now(5), EARLY) + "]")
        .ok(10.5, "eth_getBlockReceipts", list("0x5"), "[]")
        .ok(10.7, RECEIPT, list(EARLY.hash()), "null");

    assertThat(told.broken()).containsExactly(G3_READ_AFTER_HEAD, G3_READ_AFTER_HEAD);
  }

  @Test
  void whatWasSentMustBeThere() {
    told.ok(3.1, "eth_sendRawTransaction", list(EARLY.raw()), "\"" + EARLY.hash() + "\"")
        .ok(3.3, "eth_getTransactionByHash", list(EARLY.hash()), transaction(EARLY))
        .ok(3.5, "eth_getTransactionByHash", list(EARLY.hash()), "null")
        .ok(3.7, "eth_getTransactionCount", list(SENDER, "pending"), "\"0x0\"")
        .ok(3.9, "eth_getTransactionCount", list(SENDER, "pending"), "\"0x1\"")
        .other(3.9, "eth_getTransactionByHash", list(EARLY.hash()), "null");

    assertThat(told.broken()).containsExactly(G4_READ_YOUR_WRITES, G4_READ_YOUR_WRITES);
  }

  @Test
  void aReceiptMustStay() {
    told.ok(6.1, RECEIPT, list(EARLY.hash()), receipt(told.now(5), EARLY))
        .ok(6.3, RECEIPT, list(EARLY.hash()), "null");

    assertThat(told.broken()).containsExactly(G5_STICKY_RECEIPT);
  }

  @Test
  void aReceiptOfAnOrphanMayGoButNotComeBack() {
    told.ok(20.2, RECEIPT, list(LATE.hash()), receipt(told.old(19), LATE))
        .ok(20.6, RECEIPT, list(LATE.hash()), "null")
        .ok(20.8, RECEIPT, list(LATE.hash()), receipt(told.now(19), LATE))
        .ok(21.0, RECEIPT, list(LATE.hash()), receipt(told.old(19), LATE));

    assertThat(told.broken()).containsExactly(G5_STICKY_RECEIPT);
  }

  @Test
  void logsUpToTheHeadMustBeAllThere() {
    String range = "[{\"fromBlock\":\"0x4\",\"toBlock\":\"0x6\"}]";
    told.ok(10.1, HEAD, "[]", "\"0xa\"")
        .ok(10.3, LOGS, range, logs(told.now(5)))
        .ok(10.5, LOGS, range, "[]")
        .ok(10.7, LOGS, "[{\"blockHash\":\"" + told.now(5).hash() + "\"}]", "[]")
        .fail(10.9, LOGS, range, -32014);

    assertThat(told.broken()).containsExactly(G6_COMPLETE_LOGS, G6_COMPLETE_LOGS);
  }

  @Test
  void logsMustBeOfOneBranch() {
    String range = "[{\"fromBlock\":\"0x4\",\"toBlock\":\"0x13\"}]";
    told.ok(20.1, HEAD, "[]", "\"0x14\"")
        .ok(20.3, LOGS, range, logs(told.old(5), told.old(19)))
        .ok(20.7, BLOCK, LATEST, header(told.now(21)))
        .ok(23.0, BLOCK, LATEST, header(told.now(21)))
        .ok(23.2, LOGS, range, logs(told.now(5), told.now(19)))
        .ok(23.4, LOGS, range, logs(told.now(5), told.old(19)));

    assertThat(told.broken()).containsExactly(G6_COMPLETE_LOGS);
  }

  @Test
  void aBatchMustBeTrueOfOneBlock() {
    told.item(10.1, HEAD, "[]", "\"0xa\"")
        .item(10.1, BLOCK, LATEST, header(told.now(10)))
        .item(10.1, "eth_call", PROBE, probe(told.now(9)));

    assertThat(told.broken()).containsExactly(G7_ONE_FORK_PER_BATCH);
  }

  @Test
  void aBatchMayBeOfEitherBranchButNotOfBoth() {
    told.item(20.7, BLOCK, LATEST, header(told.old(20)))
        .item(20.7, "eth_call", PROBE, probe(told.old(20)))
        .item(20.9, BLOCK, LATEST, header(told.now(20)))
        .item(20.9, "eth_call", PROBE, probe(told.old(20)));

    assertThat(told.broken()).containsExactly(G7_ONE_FORK_PER_BATCH);
  }

  @Test
  void whatIsFinalStaysForAllSessions() {
    told.ok(16.1, BLOCK, FINALIZED, header(told.now(8)))
        .other(16.3, BLOCK, FINALIZED, header(told.now(7)));

    assertThat(told.broken()).containsExactly(G8_FINALITY);
  }

  @Test
  void theTagsOfABatchAreInOrder() {
    told.item(16.1, BLOCK, "[\"safe\",false]", header(told.now(7)))
        .item(16.1, BLOCK, FINALIZED, header(told.now(8)));

    assertThat(told.broken()).containsExactly(G8_FINALITY);
  }

  @Test
  void aSubscriptionTellsEachBlockOnceAfterItsParent() {
    told.ok(9.1, "eth_subscribe", HEADS, "\"0x5\"")
        .ok(10.1, NOTICE, OF_HEADS, header(told.now(10)))
        .ok(11.1, NOTICE, OF_HEADS, header(told.now(11)))
        .ok(11.3, NOTICE, OF_HEADS, header(told.now(11)))
        .ok(13.1, NOTICE, OF_HEADS, header(told.now(13)))
        .ok(13.5, "eth_unsubscribe", "[\"0x5\"]", "true");

    assertThat(told.broken()).containsExactly(G9_EACH_EVENT_ONCE, G9_EACH_EVENT_ONCE);
  }

  @Test
  void aSubscriptionBeginsAfterTheHeadOfItsTime() {
    told.ok(9.1, "eth_subscribe", HEADS, "\"0x5\"")
        .ok(11.1, NOTICE, OF_HEADS, header(told.now(11)))
        .ok(12.1, NOTICE, OF_HEADS, header(told.now(12)))
        .ok(12.5, "eth_unsubscribe", "[\"0x5\"]", "true");

    assertThat(told.broken()).containsExactly(G9_EACH_EVENT_ONCE);
  }

  @Test
  void aSubscriptionTellsAllOfANewBranch() {
    told.ok(18.1, "eth_subscribe", HEADS, "\"0x5\"")
        .ok(19.1, NOTICE, OF_HEADS, header(told.old(19)))
        .ok(20.1, NOTICE, OF_HEADS, header(told.old(20)))
        .ok(21.1, NOTICE, OF_HEADS, header(told.now(18)))
        .ok(21.2, NOTICE, OF_HEADS, header(told.now(19)))
        .ok(21.3, NOTICE, OF_HEADS, header(told.now(21)));

    assertThat(told.broken()).containsExactly(G9_EACH_EVENT_ONCE);
  }

  @Test
  void aSubscriptionMayNotJustEnd() {
    told.ok(9.1, "eth_subscribe", HEADS, "\"0x5\"")
        .ok(10.1, NOTICE, OF_HEADS, header(told.now(10)))
        .ok(16.5, "eth_unsubscribe", "[\"0x5\"]", "true")
        .ok(16.6, NOTICE, OF_HEADS, header(told.now(16)))
        .fail(16.7, NOTICE, "[]", 1006);

    assertThat(told.broken())
        .containsExactly(G9_EACH_EVENT_ONCE, G9_EACH_EVENT_ONCE, G9_EACH_EVENT_ONCE);
  }

  @Test
  void logsOfOrphanedBlocksAreTakenBackOnce() {
    told.ok(18.1, "eth_subscribe", "[\"logs\",{}]", "\"0x6\"")
        .ok(19.1, NOTICE, OF_LOGS, log(told.old(19), false))
        .ok(21.1, NOTICE, OF_LOGS, log(told.old(19), true))
        .ok(21.2, NOTICE, OF_LOGS, log(told.now(19), false))
        .ok(21.3, NOTICE, OF_LOGS, log(told.old(19), true))
        .ok(21.4, "eth_unsubscribe", "[\"0x6\"]", "true");

    assertThat(told.broken()).containsExactly(G9_EACH_EVENT_ONCE);
  }

  @Test
  void logsAreNeitherRepeatedNorLostNorTakenBackWithoutAReason() {
    told.ok(3.1, "eth_subscribe", "[\"logs\",{}]", "\"0x6\"")
        .ok(5.1, NOTICE, OF_LOGS, log(told.now(5), false))
        .ok(6.1, NOTICE, OF_LOGS, log(told.now(5), false))
        .ok(7.1, NOTICE, OF_LOGS, log(told.now(5), true))
        .other(3.1, "eth_subscribe", "[\"logs\",{}]", "\"0x6\"")
        .other(10.1, "eth_unsubscribe", "[\"0x6\"]", "true");

    assertThat(told.broken())
        .containsExactly(G9_EACH_EVENT_ONCE, G9_EACH_EVENT_ONCE, G9_EACH_EVENT_ONCE);
  }

  @Test
  void sendingAgainIsNoError() {
    String send = "eth_sendRawTransaction";
    told.ok(3.1, send, list(EARLY.raw()), "\"" + EARLY.hash() + "\"")
        .ok(3.3, send, list(EARLY.raw()), "\"" + EARLY.hash() + "\"")
        .fail(3.5, send, list(EARLY.raw()), -32003)
        .fail(3.7, send, list(EARLY.raw()), -32002);

    assertThat(told.broken()).containsExactly(G12_IDEMPOTENT_SEND);
  }

  @Test
  void anAnswerOfAnotherKindIsNoAnswer() {
    told.ok(10.1, HEAD, "[]", header(told.now(10)));

    assertThat(told.broken()).containsExactly(G2_NO_PHANTOM);
  }
}
