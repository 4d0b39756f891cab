package io.jethproxy.consistency;

import static io.jethproxy.consistency.Guarantee.G2_NO_PHANTOM;
import static io.jethproxy.consistency.Guarantee.G9_EACH_EVENT_ONCE;

import java.util.Optional;

/**
 * The headers that one subscription tells: each block once, after its parent; after a
 * reorganisation all of the new branch from where it parts from what was told.
 */
final class HeadStream implements SubscriptionChecks.Stream {

  private final Findings findings;
  private final Op subscribed;
  private Optional<Block> last = Optional.empty();

  HeadStream(Findings findings, Op subscribed) {
    this.findings = findings;
    this.subscribed = subscribed;
  }

  @Override
  public void notice(Op op) {
    Optional<Block> told = findings.oracle().block(op.answer().path("hash").asString(""));
    if (told.isEmpty() || told.get().parent().isEmpty()) {
      findings.add(G2_NO_PHANTOM, op, "a block that was never made", "one of the made blocks");
      return;
    }
    Block block = told.get();
    if (!findings.isCanonicalFor(block, op)) {
      findings.add(G2_NO_PHANTOM, op, block + ", not canonical at the time", "a canonical block");
    }
    last.ifPresentOrElse(before -> next(op, before, block), () -> first(op, block));
    last = told;
  }

  private void first(Op op, Block block) {
    if (!findings.wasThere(block.parent().orElseThrow(), subscribed)
        || findings.isOld(block, subscribed, op)) {
      findings.add(
          G9_EACH_EVENT_ONCE,
          op,
          "begins with " + block,
          "the block after the head when it was subscribed");
    }
  }

  private void next(Op op, Block before, Block block) {
    Block parent = block.parent().orElseThrow();
    if (block.isOnTheWayTo(before)) {
      findings.add(G9_EACH_EVENT_ONCE, op, block + " again", "what follows " + before);
    } else if (!parent.isOnTheWayTo(before)) {
      findings.add(
          G9_EACH_EVENT_ONCE,
          op,
          block + " after " + before,
          "a child of that, or of one of its ancestors; " + parent + " was not told");
    }
  }

  @Override
  public void end(Op op) {
    long agreed = findings.agreed(op);
    long told = last.map(Block::number).orElse(-1L);
    if (told < agreed && !findings.wasThere(agreed, subscribed)) {
      findings.add(G9_EACH_EVENT_ONCE, op, "ends with " + last, "at least " + agreed);
    }
  }
}
