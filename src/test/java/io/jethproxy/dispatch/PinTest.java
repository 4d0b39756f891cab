package io.jethproxy.dispatch;

import static io.jethproxy.eth.LogFilterTest.log;
import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Call;
import io.jethproxy.call.Deadline;
import io.jethproxy.call.Journal;
import io.jethproxy.chain.LoggedChain;
import io.jethproxy.eth.Methods;
import io.jethproxy.fleet.Calls;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Request;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chain is known from block 0x64 to 0x66; 0x65 has two transactions. */
class PinTest {

  private static final Methods METHODS = Methods.load();

  private final LoggedChain chain = new LoggedChain();

  PinTest() {
    chain.first(0x64);
    chain.mine(List.of(List.of(log("X A")), List.of(log("X A"))));
    chain.mine();
  }

  private static Call call(String method, String params) {
    return new Call(
        Calls.MAINNET,
        new Request(RawJson.of("1"), method, RawJson.of(params.replace('\'', '"'))),
        METHODS.of(method),
        new Deadline(1),
        new Journal(0, 1),
        new Abandonment());
  }

  private String hash(long number) {
    return chain.view().block(number).orElseThrow().hash().toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[{'fromBlock':'0x65','toBlock':'0x65'}] | [{'blockHash':'HASH'}]",
        "[{'toBlock':'0x65','topics':[null],'fromBlock':'0x65','address':[]}] |"
            + " [{'blockHash':'HASH','address':[],'topics':[null]}]",
      })
  void asksForTheLogsOfOneBlockByItsHash(String asked, String expected) {
    Call call = call("eth_getLogs", asked);
    Pin pin = Pin.of(call, chain.view()).orElseThrow();

    Call exact = pin.byHash(call, true).orElseThrow();

    assertThat(exact.request().method()).isEqualTo("eth_getLogs");
    assertThat(exact.request().params().text())
        .isEqualTo(expected.replace('\'', '"').replace("HASH", hash(0x65)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "eth_getLogs | [{'fromBlock':'0x10','toBlock':'0x65'}]", // of several blocks
        "eth_getLogs | [{'fromBlock':'0x65','toBlock':'0x65','more':1}]", // not understood
        "trace_filter | [{'fromBlock':'0x65','toBlock':'0x65'}]",
      })
  void fixesARangeByItsEnd(String method, String params) {
    Call call = call(method, params);

    Optional<Pin> pin = Pin.of(call, chain.view());

    assertThat(pin).hasValueSatisfying(it -> assertThat(it.hash()).hasToString(hash(0x65)));
    assertThat(pin.orElseThrow().byHash(call, true)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[{'fromBlock':'0x64','toBlock':'0x67'}]",
        "[{'fromBlock':'0x1','toBlock':'0x2'}]",
        "[{'fromBlock':'0x66','toBlock':'0x65'}]",
        "[{'fromBlock':'0x65','toBlock':'pending'}]",
      })
  void leavesOtherRangesAsTheyAre(String params) {
    assertThat(Pin.of(call("eth_getLogs", params), chain.view())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "eth_getTransactionByBlockNumberAndIndex, 0x1, true",
    "eth_getTransactionByBlockNumberAndIndex, 0x2, false",
    "eth_getRawTransactionByBlockNumberAndIndex, 0x1, true",
    "eth_getUncleByBlockNumberAndIndex, 0x0, false",
  })
  void knowsHowManyTransactionsTheBlockHas(String method, String index, boolean has) {
    Call call = call(method, "['0x65','" + index + "']");
    Pin pin = Pin.of(call, chain.view()).orElseThrow();

    assertThat(pin.mayHavePart(call, chain.view())).isEqualTo(has);
  }

  @Test
  void cannotTellWhatABlockHasThatIsNotOfTheChain() {
    Call call = call("eth_getTransactionByBlockNumberAndIndex", "['0x65','0x2']");
    Pin pin = Pin.of(call, chain.view()).orElseThrow();

    chain.reorganise(0x64, 1, List.of());

    assertThat(pin.mayHavePart(call, chain.view())).isTrue();
  }
}
