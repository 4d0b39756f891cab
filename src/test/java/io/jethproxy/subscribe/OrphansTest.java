package io.jethproxy.subscribe;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.chain.Block;
import io.jethproxy.chain.LoggedChain;
import io.jethproxy.chain.Moved;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrphansTest {

  private final LoggedChain chain = new LoggedChain();

  @Test
  void keepsNoMoreThanItMayAndForgetsTheOldestFirst() {
    Block oldest = chain.first(7);
    Block older = chain.mine();
    Block newest = chain.mine();
    Orphans orphans = new Orphans(older.bytes() + newest.bytes());

    for (Block block : List.of(oldest, older, newest)) {
      orphans.take(new Moved(List.of(block), List.of(), false));
    }

    assertThat(orphans.block(oldest.hash())).isEmpty();
    assertThat(orphans.block(older.hash())).contains(older);
    assertThat(orphans.block(newest.hash())).contains(newest);
  }

  @Test
  void keepsFewBlocksOfBranchesThatOnlyClientsKnow() {
    Block first = chain.first(7);
    Block second = chain.mine();
    Orphans orphans = new Orphans(4 * second.bytes());

    orphans.learn(first);
    orphans.learn(second);
    orphans.learn(second);

    assertThat(orphans.block(first.hash())).isEmpty();
    assertThat(orphans.block(second.hash())).contains(second);
  }
}
