package io.jethproxy.eth;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.rpc.RawJson;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Roots of transactions and receipts, and blooms, against blocks that anvil made. */
class TrieTest {

  static Stream<JsonNode> rows() {
    return DataFile.rows("anvil-blocks.json").stream();
  }

  private static List<byte[]> bytes(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .map(each -> HexFormat.of().parseHex(each.asString().substring(2)))
        .toList();
  }

  @Test
  void knowsTheRootOfNothing() {
    assertThat(Trie.rootOf(List.of()))
        .isEqualTo(Hash.of("0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void agreesWithTheTransactionsRoot(JsonNode row) {
    assertThat(Trie.rootOf(bytes(row.required("rawTransactions"))).toString())
        .isEqualTo(row.required("block").required("transactionsRoot").asString());
  }

  @Test
  void agreesOnABlockWhoseIndexesNeedTwoBytes() throws Exception {
    try (var in = TrieTest.class.getResourceAsStream("anvil-large-block.json")) {
      JsonNode block = JsonMapper.shared().readTree(in);
      List<byte[]> transactions = bytes(block.required("raw"));

      assertThat(transactions).hasSize(260);
      assertThat(Trie.rootOf(transactions).toString())
          .isEqualTo(block.required("transactionsRoot").asString());
      assertThat(transactions.stream().map(RawTransaction::hashOf).map(Hash::toString))
          .containsExactlyElementsOf(
              block.required("transactions").valueStream().map(JsonNode::asString).toList());
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void agreesWithTheReceiptsRoot(JsonNode row) {
    RawJson receipts = RawJson.of(row.required("receipts").toString());

    assertThat(Receipt.rootOf(receipts).orElseThrow().toString())
        .isEqualTo(row.required("block").required("receiptsRoot").asString());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void agreesWithTheBlooms(JsonNode row) {
    Bloom all = Bloom.EMPTY;
    for (JsonNode each : row.required("receipts")) {
      Receipt receipt = Receipt.read(RawJson.of(each.toString())).orElseThrow();

      assertThat(receipt.bloom().toString()).isEqualTo(each.required("logsBloom").asString());
      all = all.or(receipt.bloom());
      for (Log log : receipt.logs()) {
        assertThat(receipt.bloom().mayContain(log.address())).isTrue();
        assertThat(log.topics()).allMatch(topic -> receipt.bloom().mayContain(topic.bytes()));
      }
    }

    assertThat(all.toString()).isEqualTo(row.required("block").required("logsBloom").asString());
    assertThat(all.isEmpty()).isFalse();
    assertThat(all.mayContain(new byte[20])).isFalse();
    assertThat(Bloom.of(all.bytes())).isEqualTo(all);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "{}",
        "{\"status\":\"0x1\",\"cumulativeGasUsed\":\"0x1\"}",
        "{\"root\":\"0x00\",\"cumulativeGasUsed\":\"0x1\",\"logs\":[]}",
        "{\"type\":\"0x7f\",\"status\":\"0x1\",\"cumulativeGasUsed\":\"0x1\",\"logs\":[]}",
        "{\"status\":\"0x2\",\"cumulativeGasUsed\":\"0x1\",\"logs\":[]}",
        "{\"status\":\"0x1\",\"cumulativeGasUsed\":\"0x1\",\"logs\":[{}]}",
        "{\"status\":\"0x1\",\"cumulativeGasUsed\":\"0x1\",\"logs\":[null]}",
        "{\"status\":\"0x1\",\"cumulativeGasUsed\":\"0x1\",\"logs\":"
            + "[{\"address\":\"0x00\",\"topics\":[],\"data\":\"0x\"}]}",
        "{\"status\":\"0x1\",\"cumulativeGasUsed\":\"0x1\",\"logs\":[{\"address\":"
            + "\"0x0000000000000000000000000000000000000000\",\"topics\":[1],\"data\":\"0x\"}]}"
      })
  void readsNoReceiptOfAnotherKind(String receipt) {
    assertThat(Receipt.read(RawJson.of(receipt))).isEmpty();
    assertThat(Receipt.rootOf(RawJson.of("[" + receipt + "]"))).isEmpty();
  }
}
