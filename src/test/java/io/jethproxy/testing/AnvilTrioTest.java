package io.jethproxy.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AnvilTrioTest {

  /** Signed for chain 1 by anvil's first account, nonces 0 and 1. */
  private static final List<String> TRANSACTIONS =
      List.of(
          "0x02f86b0180843b9aca0085174876e8008252089470997970c51812dc3a010c7d01b50e0d17dc79c80180c0"
              + "01a0bd5de5ccc357b1f5647433710c16a9ad387a1b93f25925787c3949967412f864a076db6bef8095"
              + "9fb3634745b515dac31acdad642aa78dd35be978c7884eb6a030",
          "0x02f86b0101843b9aca0085174876e8008252089470997970c51812dc3a010c7d01b50e0d17dc79c80280c0"
              + "80a0897d0ffe7c996cf663283b4f7df245de1521feecc4809d537ef9eb35b84c2a94a05eb18a1b9025"
              + "79fea040e80d764ff322b317e4cdc615b276bca80535ea282dfd");

  private AnvilTrio trio;

  @BeforeEach
  void start() {
    trio = AnvilTrio.start(1);
  }

  @AfterEach
  void close() {
    if (trio != null) {
      trio.close();
    }
  }

  @Test
  void agreesOnEveryBlock() {
    trio.send(TRANSACTIONS.getFirst());
    trio.mine(3);

    assertAllAgree();
    assertThat(trio.node(2).block(1).path("transactions").size()).isEqualTo(1);
  }

  @Test
  void letsOneLagAndCatchUp() {
    trio.mine(2);
    trio.lag(1);
    trio.send(TRANSACTIONS.getFirst());
    trio.mine(3);
    assertThat(trio.node(1).head()).isEqualTo(2);
    assertThat(trio.hashes(5)).hasSize(2);

    trio.catchUp(1);

    assertAllAgree();
  }

  @Test
  void forksOneAndBringsItBack() {
    trio.mine(2);
    trio.send(TRANSACTIONS.getFirst());
    trio.mine(3);

    trio.fork(2, 3, 4);

    assertThat(trio.node(2).head()).isEqualTo(6);
    assertThat(new HashSet<>(trio.hashes(2))).hasSize(1);
    assertThat(new HashSet<>(trio.hashes(3))).hasSize(2);
    trio.mine();
    trio.catchUp(2);
    assertAllAgree();
  }

  @Test
  void reorganisesAllNodes() {
    trio.send(TRANSACTIONS.getFirst());
    trio.mine(4);
    String before = trio.hashes(3).getFirst();

    trio.reorg(2, 3);

    assertThat(trio.head()).isEqualTo(5);
    assertThat(trio.hashes(3)).doesNotContain(before);
    trio.send(TRANSACTIONS.getLast());
    trio.mine(2);
    assertAllAgree();
  }

  @Test
  void replaysTheChainOnANodeThatStartsAnew() {
    trio.send(TRANSACTIONS.getFirst());
    trio.mine(2);
    trio.node(0).kill();

    trio.restart(0);

    assertAllAgree();
  }

  private void assertAllAgree() {
    for (long number = 0; number <= trio.head(); number++) {
      assertThat(trio.hashes(number)).as("hashes of block %d", number).hasSize(3);
      assertThat(new HashSet<>(trio.hashes(number))).as("block %d", number).hasSize(1);
    }
    assertThat(trio.nodes()).extracting(Anvil::head).containsOnly(trio.head());
  }
}
