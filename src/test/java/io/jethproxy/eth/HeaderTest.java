package io.jethproxy.eth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jethproxy.eth.Header.Authenticity;
import io.jethproxy.rpc.RawJson;
import java.math.BigInteger;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Headers of mainnet's first block and of blocks that anvil made under the rules of each fork. */
class HeaderTest {

  private static final String ZERO = "0x" + "0".repeat(64);
  private static final String GENESIS =
      """
      {"parentHash": "%s",
       "sha3Uncles": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
       "miner": "0x0000000000000000000000000000000000000000",
       "stateRoot": "0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544",
       "transactionsRoot": "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
       "receiptsRoot": "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
       "logsBloom": "0x%s", "difficulty": "0x400000000", "number": "0x0", "gasLimit": "0x1388",
       "gasUsed": "0x0", "timestamp": "0x0", "mixHash": "%s", "nonce": "0x0000000000000042",
       "extraData": "0x11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa",
       "hash": "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3",
       "size": "0x21c", "totalDifficulty": "0x400000000", "transactions": [], "uncles": []}\
      """
          .formatted(ZERO, "0".repeat(512), ZERO);

  static Stream<JsonNode> blocks() {
    return DataFile.rows("anvil-blocks.json").stream()
        .flatMap(row -> Stream.of(row.required("genesis"), row.required("block")))
        .filter(block -> block.has("withdrawalsRoot") || !block.has("blobGasUsed"));
  }

  private static ObjectNode lastBlock() {
    return (ObjectNode) DataFile.rows("anvil-blocks.json").getLast().required("block").deepCopy();
  }

  private static Header read(JsonNode block) {
    return Header.read(RawJson.of(block.toString())).orElseThrow();
  }

  @Test
  void recomputesTheHashOfTheFirstBlockOfMainnet() {
    Header header = Header.read(RawJson.of(GENESIS)).orElseThrow();

    assertThat(header.hash())
        .isEqualTo(Hash.of("0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"));
    assertThat(header.authenticity()).isEqualTo(Authenticity.GENUINE);
    assertThat(header.head()).isEqualTo(new Head(0, header.hash(), Hash.ZERO, 0));
    assertThat(header.bloom().isEmpty()).isTrue();
    assertThat(header.root(HeaderField.TRANSACTIONS_ROOT)).isEqualTo(Trie.EMPTY_ROOT);
    assertThat(header.root(HeaderField.UNCLES_HASH)).isEqualTo(Header.NO_UNCLES);
    assertThat(header.has(HeaderField.BASE_FEE)).isFalse();
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void recomputesTheHashOfBlocksOfEveryFork(JsonNode block) {
    Header header = read(block);

    assertThat(header.hash().toString()).isEqualTo(block.required("hash").asString());
    assertThat(header.authenticity()).isEqualTo(Authenticity.GENUINE);
    assertThat(header.head().parent().toString())
        .isEqualTo(block.required("parentHash").asString());
    assertThat(Hex.quantity(header.head().number())).isEqualTo(block.required("number").asString());
    for (HeaderField field : HeaderField.values()) {
      assertThat(header.has(field)).isEqualTo(block.has(field.key()));
      if (header.has(field)) {
        assertThat(header.text(field)).isEqualTo(block.required(field.key()).asString());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(HeaderField.class)
  void noticesAChangeOfAnyField(HeaderField field) {
    ObjectNode block = lastBlock();
    String text = block.required(field.key()).asString();
    String changed = text.substring(0, text.length() - 1) + (text.endsWith("7") ? "8" : "7");
    block.put(field.key(), field == HeaderField.EXTRA_DATA ? "0x77" : changed);

    assertThat(read(block).authenticity()).isEqualTo(Authenticity.FORGED);
  }

  @Test
  void noticesAnotherHash() {
    ObjectNode block = lastBlock().put("hash", ZERO);

    assertThat(read(block).authenticity()).isEqualTo(Authenticity.FORGED);
  }

  @Test
  void doesNotAccuseABlockWithFieldsOfAForkToCome() {
    ObjectNode genuine = lastBlock().put("blockAccessListHash", ZERO);
    ObjectNode unknown = lastBlock().put("blockAccessListHash", ZERO).put("hash", ZERO);

    assertThat(read(genuine).authenticity()).isEqualTo(Authenticity.GENUINE);
    assertThat(read(unknown).authenticity()).isEqualTo(Authenticity.UNVERIFIABLE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "\"0x12\"", "17"})
  void cannotVerifyABlockWithoutAHash(String hash) {
    String block =
        lastBlock().without("hash").toString().replaceFirst("\\{", "{\"hash\":" + hash + ",");

    assertThat(Header.read(RawJson.of(block)).orElseThrow().authenticity())
        .isEqualTo(Authenticity.UNVERIFIABLE);
  }

  @ParameterizedTest
  @CsvSource({
    "number, 0x10000000000000000",
    "number, 0xffffffffffffffff",
    "number, 0x",
    "number, 1",
    "timestamp, latest",
    "miner, 0x00",
    "stateRoot, 0x00",
    "logsBloom, 0x00",
    "nonce, 0x0",
    "extraData, 0x0",
    "baseFeePerGas, 0x10000000000000000000000000000000000000000000000000000000000000000"
  })
  void readsNoFieldOfAnotherForm(String key, String value) {
    assertThat(Header.read(RawJson.of(lastBlock().put(key, value).toString()))).isEmpty();
  }

  @Test
  void readsNoHeaderThatLacksAFieldOrHasItTwice() {
    String twice = lastBlock().toString().replaceFirst("\\{", "{\"number\":\"0x1\",");

    assertThat(Header.read(RawJson.of(lastBlock().without("miner").toString()))).isEmpty();
    assertThat(Header.read(RawJson.of(twice))).isEmpty();
    assertThat(Header.read(RawJson.of("null"))).isEmpty();
    assertThat(Header.read(RawJson.of("[]"))).isEmpty();
    assertThat(Header.read(RawJson.of("{}"))).isEmpty();
  }

  @Test
  void makesTheSameHeaderFromItsValues() {
    Header read = read(lastBlock());
    Map<HeaderField, byte[]> values = new EnumMap<>(HeaderField.class);
    for (HeaderField field : HeaderField.values()) {
      String text = read.text(field);
      values.put(
          field,
          field.isQuantity()
              ? new BigInteger(text.substring(2), 16).toByteArray()
              : java.util.HexFormat.of().parseHex(text.substring(2)));
    }

    assertThat(Header.of(values).hash()).isEqualTo(read.hash());
    values.remove(HeaderField.BASE_FEE);
    assertThatThrownBy(() -> Header.of(values)).hasMessageContaining("earlier fork missing");
    values.remove(HeaderField.NONCE);
    assertThatThrownBy(() -> Header.of(values)).hasMessageContaining("nonce missing");
  }

  @Test
  void doesNotAccuseABlockThatLacksAFieldOfAnEarlierFork() {
    ObjectNode block = lastBlock().without(List.of("withdrawalsRoot"));

    assertThat(read(block).has(HeaderField.WITHDRAWALS_ROOT)).isFalse();
    assertThat(read(block).authenticity()).isEqualTo(Authenticity.UNVERIFIABLE);
  }
}
