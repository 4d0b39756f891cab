package io.jethproxy.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class FakeWorldTest {

  private final FakeWorld world = FakeWorld.ofChain(1).head(100);
  private final FakeWorld other = FakeWorld.ofChain(1).head(100);

  @Test
  void hashesHeadersAsEthereumDoes() {
    // Block 1 of mainnet has no base fee, so this pins our own encoding against a known one
    // instead.
    assertThat(FakeHeader.keccak(new byte[] {(byte) 0x80})).isEqualTo(FakeHeader.EMPTY_TRIE);
    assertThat(FakeHeader.keccak(new byte[] {(byte) 0xc0})).startsWith("0x1dcc4de8dec75d7aab85");
  }

  @Test
  void linksBlocksByParentHash() {
    JsonNode block = block(world, "0x64");

    assertThat(block.path("number").asString()).isEqualTo("0x64");
    assertThat(block.path("parentHash")).isEqualTo(block(world, "0x63").path("hash"));
    assertThat(block(world, "latest")).isEqualTo(block);
    assertThat(result(world, "eth_getBlockByHash", "[%s,false]".formatted(block.path("hash"))))
        .isEqualTo(block);
  }

  @Test
  void agreesUpToTheForkAndFromTheSameLabelOn() {
    other.forkFrom(90, "other");

    assertThat(other.hash(89)).isEqualTo(world.hash(89));
    assertThat(other.hash(90)).isNotEqualTo(world.hash(90));
    assertThat(other.hash(100)).isNotEqualTo(world.hash(100));
    assertThat(block(other, "0x5a").path("parentHash").asString()).isEqualTo(world.hash(89));

    world.forkFrom(90, "other");
    assertThat(other.hash(100)).isEqualTo(world.hash(100));
  }

  @Test
  void liesAboutOneBlockOnly() {
    other.lieAboutBlock(95);

    assertThat(other.hash(95)).isNotEqualTo(world.hash(95));
    assertThat(block(other, "0x5f").path("hash").asString()).isEqualTo(other.hash(95));
    assertThat(other.hash(96)).isEqualTo(world.hash(96));
  }

  @Test
  void knowsNothingBeyondItsHead() {
    assertThat(block(world, "0x65").isNull()).isTrue();
    assertThat(reply("eth_getBalance", "[\"0x00\",\"0x65\"]").path("error").path("code").asInt())
        .isEqualTo(-32000);
    world.mine();
    assertThat(block(world, "0x65").isNull()).isFalse();
  }

  @Test
  void keepsSafeAndFinalizedBehindTheHead() {
    assertThat(block(world, "safe").path("number").asString()).isEqualTo("0x44");
    assertThat(block(world, "finalized").path("number").asString()).isEqualTo("0x24");
  }

  @Test
  void acceptsRawTransactionsAndGivesTheirHash() {
    JsonNode hash = result(world, "eth_sendRawTransaction", "[\"0x80\"]");

    assertThat(hash.asString()).isEqualTo(FakeHeader.EMPTY_TRIE);
    assertThat(world.sent()).containsExactly("0x80");
  }

  private JsonNode reply(String method, String params) {
    return RpcText.JSON.readTree("{" + world.reply(method, RpcText.JSON.readTree(params)) + "}");
  }

  private static JsonNode block(FakeWorld world, String reference) {
    return result(world, "eth_getBlockByNumber", "[\"%s\",false]".formatted(reference));
  }

  private static JsonNode result(FakeWorld world, String method, String params) {
    return RpcText.JSON
        .readTree("{" + world.reply(method, RpcText.JSON.readTree(params)) + "}")
        .path("result");
  }
}
