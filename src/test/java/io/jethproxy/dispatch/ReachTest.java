package io.jethproxy.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Call;
import io.jethproxy.call.Deadline;
import io.jethproxy.call.Journal;
import io.jethproxy.eth.Methods;
import io.jethproxy.fleet.Calls;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReachTest {

  private static final Methods METHODS = Methods.load();
  private static final String HASH = "\"0x" + "ab".repeat(32) + "\"";

  /** The agreed head is 1000, which is 0x3e8; {@code HASH} stands for 32 bytes. */
  @ParameterizedTest(name = "{0} {1}: block {2}, empty is {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          eth_blockNumber              | []                               | 1000 | TRUSTED
          eth_gasPrice                 | []                               | 1000 | TRUSTED
          eth_unheardOf                | [1]                              | 1000 | TRUSTED
          eth_getBalance               | ["0x00","latest"]                | 1000 | TRUSTED
          eth_getBalance               | ["0x00","0x10"]                  | 16   | TRUSTED
          eth_getBalance               | ["0x00","0x3e9"]                 | 1000 | TRUSTED
          eth_getBalance               | ["0x00"]                         | 1000 | TRUSTED
          eth_getBalance               | ["0x00","earliest"]              | -1   | TRUSTED
          eth_call                     | [{},{"blockNumber":"0x10"}]      | 16   | TRUSTED
          eth_call                     | [{},{"blockHash":HASH}]          | 1000 | TRUSTED
          eth_getBlockByNumber         | ["latest",false]                 | 1000 | WRONG
          eth_getBlockByNumber         | ["finalized",false]              | 1000 | WRONG
          eth_getBlockByNumber         | ["pending",false]                | 1000 | TRUSTED
          eth_getBlockByNumber         | ["0x10",false]                   | 16   | WRONG
          eth_getBlockByNumber         | ["0x3e8",false]                  | 1000 | WRONG
          eth_getBlockByNumber         | ["0x3e9",false]                  | 1000 | TRUSTED
          eth_getBlockByNumber         | ["0xffffffffff",false]           | 1000 | TRUSTED
          eth_getBlockByNumber         | ["nonsense",false]               | 1000 | DOUBTED
          eth_getBlockByHash           | [HASH,false]                     | 1000 | DOUBTED
          eth_getBlockReceipts         | ["0x10"]                         | 16   | WRONG
          eth_getBlockReceipts         | [HASH]                           | 1000 | DOUBTED
          eth_getTransactionByBlockNumberAndIndex | ["0x10","0x99"]       | 16   | DOUBTED
          eth_getTransactionByHash     | [HASH]                           | 1000 | DOUBTED
          eth_getTransactionReceipt    | [HASH]                           | 1000 | DOUBTED
          eth_getLogs                  | [{"fromBlock":"0x1","toBlock":"0x10"}]  | 16   | TRUSTED
          eth_getLogs                  | [{"fromBlock":"0x1"}]            | 1000 | TRUSTED
          eth_getLogs                  | [{"fromBlock":"0x1","toBlock":"0x999"}] | 1000 | TRUSTED
          eth_getLogs                  | [{"blockHash":HASH}]             | 1000 | DOUBTED
          """)
  void needsTheBlockThatIsAskedForButNeverOneBeyondTheHead(
      String method, String params, long block, Tally.Empties empties) {
    Reach reach = Reach.of(call(method, params), 1_000, () -> 1_000);

    assertThat(reach.block()).isEqualTo(block);
    assertThat(reach.empties()).isEqualTo(empties);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          eth_getBalance            | ["0x00","latest"]
          eth_getBlockByNumber      | ["0x10",false]
          eth_getTransactionReceipt | [HASH]
          """)
  void needsNothingWhileNoHeadIsKnown(String method, String params) {
    Reach reach = Reach.of(call(method, params), -1, () -> -1);

    assertThat(reach.block()).isNegative();
    assertThat(reach.empties()).isNotEqualTo(Tally.Empties.WRONG);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          eth_getBalance       | ["0x00","latest"]                       | 1000 | TRUSTED
          eth_getBalance       | ["0x00","0x3ea"]                        | 1002 | TRUSTED
          eth_getBlockByNumber | ["0x3e8",false]                         | 1000 | WRONG
          eth_getBlockByNumber | ["0x3ea",false]                         | 1002 | WRONG
          eth_getBlockReceipts | ["0x3ea"]                               | 1002 | WRONG
          eth_getBlockTransactionCountByNumber | ["0x3ea"]               | 1002 | WRONG
          eth_getTransactionByBlockNumberAndIndex | ["0x3ea","0x0"]      | 1002 | DOUBTED
          eth_getBlockByNumber | ["0x3ff",false]                         | 1003 | TRUSTED
          eth_getLogs          | [{"fromBlock":"0x1","toBlock":"0x3ea"}] | 1002 | TRUSTED
          """)
  void needsABlockBeyondTheAgreedHeadWhenSomebodyHasShownIt(
      String method, String params, long block, Tally.Empties empties) {
    Reach reach = Reach.of(call(method, params), 1_000, () -> 1_003);

    assertThat(reach.block()).isEqualTo(block);
    assertThat(reach.empties()).isEqualTo(empties);
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          eth_getBlockByNumber | ["0x3e7",false]                         | false
          eth_getBlockByNumber | ["0x3e8",false]                         | true
          eth_getBlockByNumber | ["0x3eb",false]                         | true
          eth_getBlockByNumber | ["0x3ec",false]                         | false
          eth_getBlockByNumber | ["latest",false]                        | false
          eth_getBalance       | ["0x00","0x3ea"]                        | true
          eth_getLogs          | [{"fromBlock":"0x1","toBlock":"0x3ea"}] | true
          eth_getLogs          | [{"fromBlock":"0x1","toBlock":"0x10"}]  | false
          """)
  void waitsForABlockThatIsKnownButMayNotBeEverywhere(String method, String params, boolean isNew) {
    assertThat(Reach.of(call(method, params), 1_000, () -> 1_003).isNew()).isEqualTo(isNew);
    assertThat(Reach.of(call(method, params), -1, () -> -1).isNew()).isFalse();
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          eth_getBalance  | ["0x00","latest"]                         | false
          eth_getBalance  | ["0x00","0x3eb"]                          | false
          eth_getBalance  | ["0x00","0x3ec"]                          | true
          eth_getLogs     | [{"fromBlock":"0x3eb","toBlock":"0x3ff"}] | true
          eth_getLogs     | [{"fromBlock":"0x3ac","toBlock":"0x3ff"}] | true
          eth_getLogs     | [{"fromBlock":"0x3ab","toBlock":"0x3ff"}] | false
          eth_getLogs     | [{"fromBlock":"0x3ac","toBlock":"0x3eb"}] | false
          eth_getLogs     | [{"fromBlock":"0x3ec","toBlock":"0x3ff"}] | true
          eth_getLogs     | [{"fromBlock":"0x3ec"}]                   | true
          eth_getLogs     | [{"fromBlock":"0x3eb"}]                   | false
          eth_getLogs     | [{"toBlock":"0x3ff"}]                     | false
          """)
  void knowsWhatNobodyHasShownYet(String method, String params, boolean isFuture) {
    assertThat(Reach.of(call(method, params), 1_000, () -> 1_003).isFuture()).isEqualTo(isFuture);
    assertThat(Reach.of(call(method, params), -1, () -> -1).isFuture()).isFalse();
  }

  @Test
  void lookUpsByHashMayBeGivenToThoseBehindButTheirNothingCountsForNothing() {
    Reach receipt = Reach.of(call("eth_getTransactionReceipt", "[HASH]"), 1_000, () -> 1_000);

    assertThat(receipt.isSoft()).isTrue();
    assertThat(receipt.relaxed().block()).isNegative();
    assertThat(receipt.relaxed().empties()).isEqualTo(Tally.Empties.WRONG);
  }

  @Test
  void readsOfTheLatestBlockAreNeverGivenToThoseBehind() {
    assertThat(
            Reach.of(call("eth_getBalance", "[\"0x00\",\"latest\"]"), 1_000, () -> 1_000).isSoft())
        .isFalse();
  }

  private static Call call(String method, String params) {
    return new Call(
        Calls.MAINNET,
        new Request(RawJson.of("1"), method, RawJson.of(params.replace("HASH", HASH))),
        METHODS.of(method),
        new Deadline(0),
        new Journal(0, 1),
        new Abandonment());
  }
}
