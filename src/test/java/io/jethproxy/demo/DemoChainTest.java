package io.jethproxy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jethproxy.demo.DemoChain.Submitted;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Head;
import io.jethproxy.eth.Header;
import io.jethproxy.eth.HeaderField;
import io.jethproxy.eth.Receipt;
import io.jethproxy.eth.Trie;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DemoChainTest {

  private static final long NOW_MILLIS = 1_800_000_000_000L;

  private static DemoChain chain(long seed, int firstBlocks, int reorgEveryBlocks) {
    return new DemoChain(
        new DemoChain.Config(seed, 2_000, firstBlocks, reorgEveryBlocks), NOW_MILLIS);
  }

  @Test
  void startsWithItsFirstBlocksAndTheLastOneJustMade() {
    DemoChain chain = chain(1, 30, 0);

    assertThat(chain.head().number()).isEqualTo(30);
    assertThat(chain.head().timestamp()).isEqualTo(NOW_MILLIS / 1000);
    assertThat(chain.heads().getFirst().number()).isZero();
    assertThat(chain.heads().getFirst().parent()).isEqualTo(Hash.ZERO);
  }

  @Test
  void makesTheSameChainFromTheSameSeed() {
    DemoChain one = chain(7, 20, 5);
    DemoChain same = chain(7, 20, 5);
    DemoChain other = chain(8, 20, 5);
    one.advanceTo(NOW_MILLIS + 200_000);
    same.advanceTo(NOW_MILLIS + 200_000);
    other.advanceTo(NOW_MILLIS + 200_000);

    assertThat(same.heads()).isEqualTo(one.heads());
    assertThat(other.heads()).isNotEqualTo(one.heads());
  }

  @Test
  void makesABlockEachBlockTime() {
    DemoChain chain = chain(1, 5, 0);

    chain.advanceTo(NOW_MILLIS + 1_999);
    assertThat(chain.head().number()).isEqualTo(5);
    chain.advanceTo(NOW_MILLIS + 2_000);
    assertThat(chain.head().number()).isEqualTo(6);
    assertThat(chain.head().timestamp()).isEqualTo((NOW_MILLIS + 2_000) / 1000);
    chain.advanceTo(NOW_MILLIS + 9_999);
    assertThat(chain.head().number()).isEqualTo(9);
    chain.advanceTo(NOW_MILLIS);
    assertThat(chain.head().number()).isEqualTo(9);
  }

  @Test
  void makesUpForALongSleepOnlyInPart() {
    DemoChain chain = chain(1, 0, 0);

    chain.advanceTo(NOW_MILLIS + 1_000_000_000L);

    assertThat(chain.head().number()).isEqualTo(256);
    assertThat(chain.head().timestamp()).isEqualTo((NOW_MILLIS + 1_000_000_000L) / 1000);
  }

  @Test
  void keepsABoundedNumberOfBlocks() {
    DemoChain chain = chain(1, 2_000, 0);
    for (int i = 0; i < 100; i++) {
      chain.mine();
    }

    assertThat(chain.heads()).hasSize(DemoChain.BLOCKS_KEPT);
    assertThat(chain.head().number()).isEqualTo(2_100);
  }

  @Test
  void linksEveryBlockToItsParentAlsoThroughReorgs() {
    DemoChain chain = chain(3, 20, 4);
    Set<Hash> seen = new HashSet<>();
    for (int i = 1; i <= 100; i++) {
      chain.advanceTo(NOW_MILLIS + i * 2_000L);
      chain.heads().forEach(head -> seen.add(head.hash()));
      assertThat(chain.head().number()).isEqualTo(20 + i);
    }
    List<Head> heads = chain.heads();
    for (int i = 1; i < heads.size(); i++) {
      assertThat(heads.get(i).parent()).isEqualTo(heads.get(i - 1).hash());
      assertThat(heads.get(i).number()).isEqualTo(heads.get(i - 1).number() + 1);
      assertThat(heads.get(i).timestamp()).isEqualTo(heads.get(i - 1).timestamp() + 2);
    }

    assertThat(seen).hasSizeGreaterThan(heads.size());
    assertThat(chain.snapshot().orphans()).isNotEmpty().hasSizeLessThanOrEqualTo(64);
  }

  @Test
  void replacesBlocksInAReorg() {
    DemoChain chain = chain(1, 10, 0);
    List<Head> before = chain.heads();

    chain.reorg(2);

    assertThat(chain.head().number()).isEqualTo(11);
    assertThat(chain.heads().subList(0, 9)).isEqualTo(before.subList(0, 9));
    assertThat(chain.heads().get(9).hash()).isNotEqualTo(before.get(9).hash());
    assertThat(chain.heads().get(10).hash()).isNotEqualTo(before.get(10).hash());
    assertThatThrownBy(() -> chain.reorg(12)).hasMessageContaining("fewer than the blocks");
    assertThatThrownBy(() -> chain.reorg(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void commitsItsBlocksToTransactionsAndReceipts() {
    DemoChain chain = chain(5, 60, 0);
    int transactions = 0;
    int logs = 0;
    for (DemoBlock block : chain.snapshot().canonical()) {
      Header header = block.header();
      assertThat(header.root(HeaderField.TRANSACTIONS_ROOT))
          .isEqualTo(Trie.rootOf(block.transactions().stream().map(DemoTransaction::raw).toList()));
      assertThat(header.root(HeaderField.RECEIPTS_ROOT))
          .isEqualTo(Trie.rootOf(block.receipts().stream().map(Receipt::encoded).toList()));
      transactions += block.transactions().size();
      logs += block.receipts().stream().mapToInt(each -> each.logs().size()).sum();
    }

    assertThat(transactions).isGreaterThan(60);
    assertThat(logs).isGreaterThan(20).isLessThan(transactions);
  }

  @Test
  void countsTheNoncesOfItsAccounts() {
    DemoChain chain = chain(5, 60, 0);
    for (Address address : chain.snapshot().head().ledger().addresses()) {
      List<Long> nonces =
          chain.snapshot().canonical().stream()
              .flatMap(block -> block.transactions().stream())
              .filter(each -> each.from().equals(address))
              .map(DemoTransaction::nonce)
              .toList();
      for (int i = 0; i < nonces.size(); i++) {
        assertThat(nonces.get(i)).isEqualTo(i);
      }
      assertThat(chain.snapshot().head().ledger().account(address).nonce())
          .isEqualTo(nonces.size());
    }
  }

  @Test
  void includesWhatWasSentInTheNextBlockAndAfterAReorgAgain() {
    DemoChain chain = chain(1, 5, 0);
    byte[] raw = {1, 2, 3};

    assertThat(chain.submit(raw)).isEqualTo(Submitted.ACCEPTED);
    assertThat(chain.submit(raw)).isEqualTo(Submitted.ALREADY_KNOWN);
    chain.mine();
    assertThat(chain.snapshot().head().transactions().getFirst().raw()).isEqualTo(raw);
    assertThat(chain.submit(raw)).isEqualTo(Submitted.ALREADY_KNOWN);
    chain.reorg(1);
    assertThat(
            chain.snapshot().canonical().stream()
                .flatMap(block -> block.transactions().stream())
                .filter(DemoTransaction::sent))
        .hasSize(1);
    assertThat(chain.snapshot().pending()).isEmpty();
  }

  @Test
  void boundsWhatWaitsForABlock() {
    DemoChain chain = chain(1, 0, 0);
    for (int i = 0; i < DemoChain.PENDING_MAX; i++) {
      chain.submit(ByteBuffer.allocate(4).putInt(i).array());
    }

    assertThat(chain.submit(new byte[] {9})).isEqualTo(Submitted.POOL_FULL);
  }

  @Test
  void explainsABadConfiguration() {
    assertThatThrownBy(() -> new DemoChain.Config(1, 0, 0, 0))
        .hasMessage("blockTimeMillis: 0 (expected: > 0)");
    assertThatThrownBy(() -> new DemoChain.Config(1, 1, 2_001, 0))
        .hasMessage("firstBlocks: 2001 (expected: 0..2000)");
    assertThatThrownBy(() -> new DemoChain.Config(1, 1, 0, -1))
        .hasMessage("reorgEveryBlocks: -1 (expected: >= 0)");
  }
}
