package io.jethproxy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Header;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.Keccak;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.Receipt;
import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Result;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DemoNodeTest {

  private static final Methods METHODS = Methods.load();

  private final DemoChain chain =
      new DemoChain(new DemoChain.Config(11, 2_000, 40, 0), 1_800_000_000_000L);
  private final DemoNode node = new DemoNode(chain, METHODS, "quick", 0);
  private final DemoNode slow = new DemoNode(chain, METHODS, "slow", 3);

  private JsonNode ask(String method, String params) {
    return ask(node, method, params);
  }

  private static JsonNode ask(DemoNode node, String method, String params) {
    RawJson json = RawJson.of(params.replace('\'', '"'));
    return JsonMapper.shared().readTree(((Result) node.answer(method, json)).value().text());
  }

  private Fault refused(String method, String params) {
    return (Fault) node.answer(method, RawJson.of(params.replace('\'', '"')));
  }

  @Test
  void doesNotKnowAnyOtherMethod() {
    assertThat(refused("eth_mine", "[]"))
        .isEqualTo(new Fault(-32601, "the method eth_mine does not exist/is not available"));
  }

  @Test
  void tellsWhoAndWhereItIs() {
    assertThat(ask("eth_chainId", "[]").asString()).isEqualTo("0x539");
    assertThat(ask("net_version", "[]").asString()).isEqualTo("1337");
    assertThat(ask("eth_blockNumber", "[]").asString()).isEqualTo("0x28");
    assertThat(ask(slow, "eth_blockNumber", "[]").asString()).isEqualTo("0x25");
    assertThat(ask("web3_clientVersion", "[]").asString()).isEqualTo("DemoNode/v1.0.0/quick");
    assertThat(ask("eth_syncing", "[]").asBoolean()).isFalse();
    assertThat(ask("net_peerCount", "[]").asString()).isEqualTo("0x19");
    assertThat(((Result) node.answer("eth_chainId", RawJson.ABSENT)).value().text())
        .isEqualTo("\"0x539\"");
  }

  @Test
  void servesBlocksWhoseHashesAreGenuine() {
    for (long number = 0; number <= chain.head().number(); number++) {
      String params = "['" + Hex.quantity(number) + "',true]";
      JsonNode block = ask("eth_getBlockByNumber", params);
      Header header = Header.read(RawJson.of(block.toString())).orElseThrow();

      assertThat(header.authenticity()).isEqualTo(Header.Authenticity.GENUINE);
      assertThat(header.head()).isEqualTo(chain.heads().get((int) number));
      assertThat(ask("eth_getBlockByHash", "['" + header.hash() + "',true]")).isEqualTo(block);
    }
  }

  @Test
  void servesReceiptsThatTheBlockCommitsTo() {
    for (long number = 0; number <= chain.head().number(); number++) {
      String params = "['" + Hex.quantity(number) + "',false]";
      JsonNode block = ask("eth_getBlockByNumber", params);
      JsonNode receipts = ask("eth_getBlockReceipts", params);

      assertThat(Receipt.rootOf(RawJson.of(receipts.toString())).orElseThrow().toString())
          .isEqualTo(block.required("receiptsRoot").asString());
      assertThat(receipts).hasSameSizeAs(block.required("transactions"));
      for (JsonNode receipt : receipts) {
        String hash = "['" + receipt.required("transactionHash").asString() + "']";
        assertThat(ask("eth_getTransactionReceipt", hash)).isEqualTo(receipt);
        assertThat(ask("eth_getTransactionByHash", hash).required("blockHash"))
            .isEqualTo(block.required("hash"));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"latest, 40", "pending, 40", "safe, 34", "finalized, 28", "earliest, 0"})
  void understandsTags(String tag, long number) {
    assertThat(ask("eth_getBlockByNumber", "['" + tag + "',false]").required("number").asString())
        .isEqualTo(Hex.quantity(number));
  }

  @Test
  void knowsNothingAboveItsHead() {
    String head = "'" + chain.head().hash() + "'";

    assertThat(ask("eth_getBlockByNumber", "['0x29',false]").isNull()).isTrue();
    assertThat(ask(slow, "eth_getBlockByNumber", "['0x28',false]").isNull()).isTrue();
    assertThat(ask(slow, "eth_getBlockByHash", "[" + head + ",false]").isNull()).isTrue();
    assertThat(ask(slow, "eth_getBlockReceipts", "[" + head + "]").isNull()).isTrue();
    assertThat(ask("eth_getTransactionReceipt", "['" + Hash.ZERO + "']").isNull()).isTrue();
    assertThat(refused("eth_getBalance", "['" + DemoToken.address() + "','0x29']"))
        .isEqualTo(new Fault(-32000, "header not found"));
    assertThat(refused("eth_getLogs", "[{'blockHash':'" + Hash.ZERO + "'}]"))
        .isEqualTo(new Fault(-32000, "unknown block"));
  }

  @Test
  void stillServesBlocksThatAReorgDroppedByHashOnly() {
    Hash dropped = chain.head().hash();
    chain.reorg(1);

    assertThat(ask("eth_getBlockByHash", "['" + dropped + "',false]").isNull()).isFalse();
    assertThat(ask("eth_getBlockByNumber", "['0x28',false]").required("hash").asString())
        .isNotEqualTo(dropped.toString());
  }

  @Test
  void findsLogsByRangeAddressAndTopics() {
    List<JsonNode> expected = new ArrayList<>();
    for (long number = 0; number <= 40; number++) {
      for (JsonNode receipt : ask("eth_getBlockReceipts", "['" + Hex.quantity(number) + "']")) {
        receipt.required("logs").forEach(expected::add);
      }
    }
    JsonNode some = expected.getFirst();
    String range = "'fromBlock':'earliest','toBlock':'latest'";

    assertThat(ask("eth_getLogs", "[{" + range + "}]")).containsExactlyElementsOf(expected);
    assertThat(
            ask(
                "eth_getLogs",
                "[{"
                    + range
                    + ",'address':'"
                    + DemoToken.address()
                    + "','topics':[['"
                    + DemoToken.TRANSFER
                    + "']]}]"))
        .containsExactlyElementsOf(expected);
    assertThat(
            ask(
                "eth_getLogs",
                "[{" + range + ",'topics':[null," + some.required("topics").get(1) + "]}]"))
        .containsExactlyElementsOf(
            expected.stream()
                .filter(log -> log.required("topics").get(1).equals(some.required("topics").get(1)))
                .toList());
    assertThat(ask("eth_getLogs", "[{'blockHash':" + some.required("blockHash") + "}]"))
        .contains(some);
    assertThat(ask("eth_getLogs", "[{" + range + ",'address':['" + Address.NOBODY.text() + "']}]"))
        .isEmpty();
    assertThat(ask("eth_getLogs", "[{" + range + ",'topics':[null,null,null,null]}]")).isEmpty();
    assertThat(refused("eth_getLogs", "[{'fromBlock':'0x2','toBlock':'0x1'}]"))
        .isEqualTo(new Fault(-32000, "invalid block range params"));
  }

  @Test
  void tellsBalancesNoncesAndCode() {
    Address rich = chain.snapshot().head().ledger().addresses().getFirst();
    String account = "'" + rich.text() + "'";

    assertThat(ask("eth_getBalance", "[" + account + ",'0x0']").asString())
        .isEqualTo(DemoJson.quantity(BigInteger.TEN.pow(24)));
    assertThat(ask("eth_getBalance", "[" + account + "]").asString())
        .isNotEqualTo(DemoJson.quantity(BigInteger.TEN.pow(24)));
    assertThat(ask("eth_getTransactionCount", "[" + account + ",'0x0']").asString())
        .isEqualTo("0x0");
    assertThat(ask("eth_getTransactionCount", "[" + account + ",'latest']").asString())
        .isNotEqualTo("0x0");
    assertThat(ask("eth_getCode", "[" + account + ",'latest']").asString()).isEqualTo("0x");
    assertThat(ask("eth_getCode", "['" + DemoToken.address() + "','latest']").asString())
        .startsWith("0x60");
  }

  @Test
  void callsTheToken() {
    Address rich = chain.snapshot().head().ledger().addresses().getFirst();
    String owner = Hex.text(rich.word()).substring(2);
    String to = "'to':'" + DemoToken.address() + "'";

    assertThat(ask("eth_call", "[{" + to + ",'data':'0x70a08231" + owner + "'},'0x0']").asString())
        .isEqualTo("0x" + "%064x".formatted(BigInteger.TEN.pow(27)));
    assertThat(ask("eth_call", "[{" + to + ",'input':'0x06fdde03'},'latest']").asString())
        .isEqualTo("0x%064x%064x%-64s".formatted(32, 10, "44656d6f20546f6b656e").replace(' ', '0'));
    assertThat(ask("eth_call", "[{'to':'" + rich.text() + "'},'latest']").asString())
        .isEqualTo("0x");
    assertThat(ask("eth_estimateGas", "[{" + to + ",'data':'0xa9059cbb'}]").asString())
        .isEqualTo("0xcb20");
    assertThat(ask("eth_estimateGas", "[{'to':'" + rich.text() + "'}]").asString())
        .isEqualTo("0x5208");
  }

  @ParameterizedTest
  @ValueSource(strings = {"eth_call", "eth_estimateGas"})
  void revertsWithAReason(String method) {
    Fault fault =
        refused(method, "[{'to':'" + DemoToken.address() + "','data':'0xdeadbeef'},'latest']");

    assertThat(fault.code()).isEqualTo(3);
    assertThat(fault.message()).isEqualTo("execution reverted: demo token: unknown function");
    assertThat(fault.data().text()).startsWith("\"0x08c379a0");
  }

  @Test
  void takesATransactionOnceAndIncludesItInTheNextBlock() {
    byte[] raw = "any bytes at all".getBytes(StandardCharsets.UTF_8);
    String hash = Keccak.hash(raw).toString();
    String params = "['" + Hex.text(raw) + "']";

    assertThat(ask("eth_sendRawTransaction", params).asString()).isEqualTo(hash);
    assertThat(refused("eth_sendRawTransaction", params))
        .isEqualTo(new Fault(-32000, "already known"));
    JsonNode pending = ask("eth_getTransactionByHash", "['" + hash + "']");
    assertThat(pending.required("blockNumber").isNull()).isTrue();
    assertThat(ask("eth_getTransactionReceipt", "['" + hash + "']").isNull()).isTrue();
    chain.mine();
    assertThat(
            ask("eth_getTransactionReceipt", "['" + hash + "']").required("blockNumber").asString())
        .isEqualTo("0x29");
    assertThat(ask("eth_getBlockByNumber", "['0x29',false]").required("transactions").get(0))
        .isEqualTo(JsonMapper.shared().readTree('"' + hash + '"'));
  }

  @Test
  void tellsFees() {
    assertThat(ask("eth_gasPrice", "[]").asString()).isEqualTo("0x77359400");
    assertThat(ask("eth_maxPriorityFeePerGas", "[]").asString()).isEqualTo("0x3b9aca00");

    JsonNode history = ask("eth_feeHistory", "['0x4','latest',[25,75]]");

    assertThat(history.required("oldestBlock").asString()).isEqualTo("0x25");
    assertThat(history.required("baseFeePerGas")).hasSize(5);
    assertThat(history.required("gasUsedRatio")).hasSize(4);
    assertThat(history.required("reward")).hasSize(4).allMatch(each -> each.size() == 2);
    assertThat(ask("eth_feeHistory", "[9999,'0x3',[]]").required("gasUsedRatio")).hasSize(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "eth_getBlockByNumber | []",
        "eth_getBlockByNumber | ['0x01',false]",
        "eth_getBlockByNumber | {}",
        "eth_getBlockByHash | ['0x1',false]",
        "eth_getTransactionByHash | []",
        "eth_getTransactionReceipt | [1]",
        "eth_getBalance | []",
        "eth_getBalance | ['0x1']",
        "eth_getLogs | []",
        "eth_getLogs | [{'fromBlock':'0x01'}]",
        "eth_feeHistory | ['0x0','latest',[]]",
        "eth_sendRawTransaction | ['0x']",
        "eth_sendRawTransaction | ['hello']",
        "eth_call | [{'to':'0x12'},'latest']"
      })
  void refusesBadParams(String method, String params) {
    assertThat(refused(method, params).code()).isEqualTo(Fault.INVALID_PARAMS);
  }
}
