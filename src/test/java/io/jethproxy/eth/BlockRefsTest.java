package io.jethproxy.eth;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.eth.BlockRef.Tag;
import io.jethproxy.rpc.RawJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlockRefsTest {

  private static final Methods METHODS = Methods.load();
  private static final String HASH =
      "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3";

  private static BlockRef of(String method, String params) {
    return BlockRefs.of(METHODS.of(method), RawJson.of(params));
  }

  private static BlockRef number(long number) {
    return new BlockRef.Number(number);
  }

  private static BlockRef hash() {
    return new BlockRef.ByHash(Hash.of(HASH));
  }

  @ParameterizedTest
  @CsvSource({"0x0, 0", "0x10, 16", "0xAbC, 2748", "0x7fffffffffffffff, 9223372036854775807"})
  void readsNumbers(String text, long number) {
    assertThat(of("eth_getBlockByNumber", "[\"" + text + "\",true]")).isEqualTo(number(number));
  }

  @ParameterizedTest
  @EnumSource(Tag.Kind.class)
  void readsTags(Tag.Kind kind) {
    assertThat(of("eth_getBlockByNumber", "[\"" + kind.text() + "\",false]"))
        .isEqualTo(new Tag(kind));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[\"0x\",true]",
        "[\"0x01\",true]",
        "[\"16\",true]",
        "[16,true]",
        "[\"0X10\",true]",
        "[\"0xg\",true]",
        "[\"0x8000000000000000\",true]",
        "[\"0x10000000000000000\",true]",
        "[\"Latest\",true]",
        "[\"latest \",true]",
        "[\"\",true]",
        "[\"l\\u0061test\",true]",
        "[null,true]",
        "[true]",
        "[[\"0x1\"],true]",
        "[{},true]",
        "[]",
        "{}",
        "{\"blockNumber\":\"0x1\"}"
      })
  void concludesNothingFromWhatItCannotRead(String params) {
    assertThat(of("eth_getBlockByNumber", params)).isEqualTo(BlockRef.NONE);
  }

  @Test
  void concludesNothingFromAbsentParams() {
    assertThat(BlockRefs.of(METHODS.of("eth_getBlockByNumber"), RawJson.ABSENT))
        .isEqualTo(BlockRef.NONE);
    assertThat(BlockRefs.of(METHODS.of("eth_getBalance"), RawJson.ABSENT)).isEqualTo(BlockRef.NONE);
    assertThat(BlockRefs.of(METHODS.of("eth_getLogs"), RawJson.ABSENT)).isEqualTo(BlockRef.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "eth_getBalance | ['0xab']",
        "eth_getBalance | ['0xab', null]",
        "eth_getBalance | ['0xab', 'latest']",
        "eth_call | [{'to':'0x00','data':'0x[]{},\\\"'}]",
        "eth_getStorageAt | ['0xab', '0x0']",
        "eth_estimateGas | [{}]",
        "trace_call | [{}, ['trace']]"
      })
  void takesAMissingBlockForTheLatest(String method, String params) {
    assertThat(of(method, params.replace('\'', '"'))).isEqualTo(BlockRef.LATEST);
  }

  @Test
  void findsTheBlockBehindOtherParams() {
    assertThat(of("eth_call", "[ {\"data\" : \"]}\\\\\\\"\", \"a\":[{}, []]} ,\n\"0x5\" , {}]"))
        .isEqualTo(number(5));
    assertThat(of("eth_getStorageAt", "[\"0xab\",\"0x0\",\"safe\"]"))
        .isEqualTo(new Tag(Tag.Kind.SAFE));
    assertThat(of("eth_getProof", "[\"0xab\",[\"0x0\",\"0x1\"],\"0x9\"]")).isEqualTo(number(9));
  }

  @Test
  void readsHashesWhereverABlockMayStand() {
    assertThat(of("eth_getBlockByHash", "[\"" + HASH + "\",false]")).isEqualTo(hash());
    assertThat(of("eth_getBlockReceipts", "[\"" + HASH + "\"]")).isEqualTo(hash());
    assertThat(
            of(
                "eth_getBlockByHash",
                "[\"" + HASH.toUpperCase(java.util.Locale.ROOT).replace('X', 'x') + "\"]"))
        .isEqualTo(hash());
    assertThat(of("eth_getBlockByHash", "[\"" + HASH + "0\"]")).isEqualTo(BlockRef.NONE);
    assertThat(of("eth_getBlockByHash", "[\"latest\"]")).isEqualTo(BlockRef.NONE);
  }

  @Test
  void readsBlockObjects() {
    assertThat(of("eth_call", "[{},{\"blockNumber\":\"0x10\"}]")).isEqualTo(number(16));
    assertThat(of("eth_call", "[{},{\"blockNumber\":\"latest\"}]")).isEqualTo(BlockRef.LATEST);
    assertThat(
            of("eth_call", "[{},{\"requireCanonical\" : true, \"blockHash\" : \"" + HASH + "\"}]"))
        .isEqualTo(hash());
    assertThat(of("alchemy_getTransactionReceipts", "[{\"blockNumber\":\"0x1\"}]"))
        .isEqualTo(number(1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'blockNumber':'0x1','blockNumber':'0x2'}",
        "{'blockNumber':'0x1','blockHash':'HASH'}",
        "{'blockNumber':'0x1','BlockNumber':'0x2'}",
        "{'bloc\u212aNumber':'0x2','blockNumber':'0x1'}",
        "{'block\\u004eumber':'0x2','blockNumber':'0x1'}",
        "{'blockNumber':null}",
        "{'blockNumber':{}}",
        "{'blockHash':'0x1'}"
      })
  void concludesNothingFromObjectsThatMeanSeveralThings(String object) {
    String params = "[{}," + object.replace('\'', '"').replace("HASH", HASH) + "]";

    assertThat(of("eth_call", params)).isEqualTo(BlockRef.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "{} | latest | latest",
        "{'fromBlock':'0x1'} | 0x1 | latest",
        "{'toBlock':'0x2'} | latest | 0x2",
        "{'fromBlock':'0x1','toBlock':'0x2'} | 0x1 | 0x2",
        "{'fromBlock':null,'toBlock':null,'blockHash':null} | latest | latest",
        "{'address':['0xaa'],'topics':[null,['0xbb']],'fromBlock':'earliest','toBlock':'safe'} |"
            + " earliest | safe",
      })
  void readsRanges(String filter, String from, String to) {
    assertThat(of("eth_getLogs", "[" + filter.replace('\'', '"') + "]"))
        .isEqualTo(new BlockRef.Range(bound(from), bound(to)));
  }

  private static BlockRef bound(String text) {
    return of("eth_getBlockByNumber", "[\"" + text + "\"]");
  }

  @Test
  void readsTheHashOfAFilter() {
    assertThat(of("eth_getLogs", "[{\"blockHash\":\"" + HASH + "\"}]")).isEqualTo(hash());
    assertThat(of("eth_getLogs", "[{\"blockHash\":\"" + HASH + "\",\"fromBlock\":\"0x1\"}]"))
        .isEqualTo(BlockRef.NONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "[null]",
        "[\"0x1\"]",
        "[{\"fromBlock\":1}]",
        "[{\"fromBlock\":\"0x01\"}]",
        "[{\"toBlock\":\"soon\"}]",
        "[{\"FromBlock\":\"0x1\"}]",
        "[{\"fromBlock\":\"0x1\",\"fromBlock\":\"0x1\"}]"
      })
  void concludesNothingFromFiltersItCannotRead(String params) {
    assertThat(of("eth_getLogs", params)).isEqualTo(BlockRef.NONE);
  }

  @Test
  void readsNoBlockWhereTheMethodNamesNone() {
    assertThat(of("eth_blockNumber", "[\"0x1\"]")).isEqualTo(BlockRef.NONE);
    assertThat(of("eth_getTransactionByHash", "[\"" + HASH + "\"]")).isEqualTo(BlockRef.NONE);
    assertThat(of("acme_unknown", "[\"0x1\"]")).isEqualTo(BlockRef.NONE);
  }

  @Test
  void readsASliceInsideALargerArray() {
    byte[] body =
        "{\"params\":[\"0xab\",\"0x7\"],\"id\":1}"
            .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    RawJson params = new RawJson(body, 10, 24);

    assertThat(BlockRefs.of(METHODS.of("eth_getBalance"), params)).isEqualTo(number(7));
  }
}
