package io.jethproxy.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Head;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Providers that lag, skip, fork, fall silent and come back, in thousands of random orders, beside
 * a model that only remembers which block has which parent.
 */
class ChainLogSimulationTest {

  private static final int SEEDS = 2_000;
  private static final int STEPS = 120;
  private static final List<Integer> DEPTHS = List.of(1, 1, 2, 2, 5, 20);
  private static final long BLOCK_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final List<String> PROVIDERS = List.of("a", "b", "c", "d");

  /** One run: the truth, what each provider has of it, and a log that sees only what they show. */
  private static final class Run {
    private final Random random;
    private final ChainLog log =
        new ChainLog(new ChainLog.Config(2, 32, 64, 1 << 20, 1 << 20), BLOCK_NANOS);
    private final Map<Hash, Block> everything = new HashMap<>();
    private final Map<String, Block> heads = new HashMap<>();
    private final List<Block> folded = new ArrayList<>();
    private long nowNanos = 1_000_000;
    private long variant;
    private long finalizedBefore = -1;
    private Block truth;

    Run(long seed) {
      random = new Random(seed);
      truth = made(MadeBlocks.at(500, Hash.ZERO, 0));
      PROVIDERS.forEach(provider -> heads.put(provider, truth));
      log.onMoved(this::fold);
    }

    private Block made(Block block) {
      everything.put(block.hash(), block);
      return block;
    }

    void step() {
      nowNanos += random.nextLong(BLOCK_NANOS);
      switch (random.nextInt(12)) {
        case 0, 1, 2, 3 -> truth = made(MadeBlocks.after(truth, variant));
        case 4 -> reorganise();
        case 5 -> log.absent(anyone());
        case 6 -> strayOne();
        case 7 -> claim();
        default -> catchUp(anyone());
      }
      check();
    }

    private String anyone() {
      return PROVIDERS.get(random.nextInt(PROVIDERS.size()));
    }

    private void reorganise() {
      Block fork = truth;
      int most = DEPTHS.get(random.nextInt(DEPTHS.size()));
      for (int depth = most; depth > 0 && fork.number() > finalizedBefore + 1; ) {
        fork = everything.getOrDefault(fork.parent(), fork);
        depth--;
      }
      variant++;
      truth = made(MadeBlocks.after(fork, variant));
    }

    private void strayOne() {
      show("d", made(MadeBlocks.after(heads.getOrDefault("d", truth), -1 - random.nextInt(1_000))));
    }

    private void catchUp(String provider) {
      Block head = truth;
      for (int lag = random.nextInt(3); lag > 0; lag--) {
        head = everything.getOrDefault(head.parent(), head);
      }
      show(provider, head);
    }

    private void show(String provider, Block block) {
      heads.put(provider, block);
      log.show(provider, provider, block, nowNanos);
      settle();
    }

    private void settle() {
      log.settle(nowNanos);
      for (int tries = 0; tries < 64 && !log.gaps().isEmpty(); tries++) {
        log.gaps()
            .forEach(gap -> Optional.ofNullable(everything.get(gap.hash())).ifPresent(log::add));
        log.settle(nowNanos);
      }
    }

    private void claim() {
      Head finalized = ancestor(truth, 24).head();
      Head safe = ancestor(truth, 12).head();
      log.claim(anyone(), anyone(), Optional.of(safe), Optional.of(finalized));
    }

    private Block ancestor(Block block, int generations) {
      Block at = block;
      for (int i = 0; i < generations; i++) {
        at = everything.getOrDefault(at.parent(), at);
      }
      return at;
    }

    private void fold(Moved moved) {
      if (moved.isBroken()) {
        folded.clear();
      }
      for (Block orphan : moved.orphaned()) {
        assertThat(folded.removeLast()).isEqualTo(orphan);
      }
      folded.addAll(moved.added());
    }

    private void check() {
      View view = log.view();
      List<Block> blocks = view.blocks();
      for (int i = 1; i < blocks.size(); i++) {
        assertThat(blocks.get(i).parent()).isEqualTo(blocks.get(i - 1).hash());
        assertThat(blocks.get(i).number()).isEqualTo(blocks.get(i - 1).number() + 1);
      }
      if (!blocks.isEmpty()) {
        int common = Math.min(folded.size(), blocks.size());
        assertThat(blocks.subList(blocks.size() - common, blocks.size()))
            .isEqualTo(folded.subList(folded.size() - common, folded.size()));
      }
      long finalized = view.finalizedNumber();
      assertThat(finalized == -1 || finalized >= finalizedBefore).isTrue();
      finalizedBefore = Math.max(finalized, -1);
      view.finalized()
          .ifPresent(head -> {
            assertThat(view.safe().orElseThrow().number())
                .isBetween(head.number(), view.tipNumber());
            view.block(head.number())
                .ifPresent(block -> assertThat(block.hash()).isEqualTo(head.hash()));
          });
    }

    void settleDown() {
      for (int polls = 0; polls < 20; polls++) {
        nowNanos += BLOCK_NANOS;
        PROVIDERS.forEach(provider -> show(provider, truth));
      }
    }
  }

  @Test
  void endsOnTheTruthAndTellsEachStepOfTheWay() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Run run = new Run(seed);
      for (int i = 0; i < STEPS; i++) {
        run.step();
      }
      run.settleDown();
      assertThat(run.log.view().tip().orElseThrow().hash())
          .as("seed %d", seed)
          .isEqualTo(run.truth.hash());
    }
  }
}
