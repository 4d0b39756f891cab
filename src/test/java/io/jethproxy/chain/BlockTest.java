package io.jethproxy.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.rpc.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlockTest {

  private final LoggedChain chain = new LoggedChain();
  private final Block made = chain.first(1_000);

  /** A part of a larger answer. */
  private static RawJson within(RawJson value, int paddingBytes) {
    byte[] before = "{\"result\":".getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = new byte[before.length + value.length() + paddingBytes];
    System.arraycopy(before, 0, bytes, 0, before.length);
    System.arraycopy(value.bytes(), value.from(), bytes, before.length, value.length());
    return new RawJson(bytes, before.length, before.length + value.length());
  }

  @Test
  void keepsNothingOfALargeAnswerThatItIsASmallPartOf() {
    Block block = Block.read(within(made.json(), 100_000)).orElseThrow();

    assertThat(block.json()).isEqualTo(made.json());
    assertThat(block.json().bytes()).hasSize(made.json().length());
    assertThat(block.bytes()).isLessThan(10_000);
  }

  @Test
  void countsWhatItKeepsOfTheAnswerThatItIsMostOf() {
    RawJson most = within(made.json(), 100);
    Block block = Block.read(most).orElseThrow();

    assertThat(block.json().bytes()).isSameAs(most.bytes());
    assertThat(block.bytes()).isGreaterThanOrEqualTo(most.bytes().length);
  }

  @Test
  void receiptsKeepNothingOfALargeAnswerThatTheyAreASmallPartOf() {
    Block block = chain.mine(List.of(List.of(), List.of()));
    RawJson json = chain.receipts(block);
    BlockReceipts receipts = BlockReceipts.read(within(json, 100_000), block.head()).orElseThrow();

    assertThat(receipts.json()).isEqualTo(json);
    assertThat(receipts.json().bytes()).hasSize(json.length());
    assertThat(receipts.of(LoggedChain.transaction(block, 1)).orElseThrow().bytes())
        .isSameAs(receipts.json().bytes());

    RawJson most = within(json, 100);
    assertThat(BlockReceipts.read(most, block.head()).orElseThrow().bytes())
        .isGreaterThanOrEqualTo(most.bytes().length);
  }
}
