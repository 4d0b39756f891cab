package io.jethproxy.chain;

import io.jethproxy.fleet.Provider;
import java.util.Optional;

/**
 * Sees to it that a provider's new head counts only once it was compared with the others'. One that
 * comes from behind, or has strayed, may show blocks that the others have not named: it is compared
 * at the agreed head besides, and waits a little for them. Belongs to the provider's {@link
 * HeadWatch}.
 */
final class Comparison {

  /** The others name their blocks about as often as they are asked for their heads. */
  private static final int WAITS_MAX = 5;

  /** At the start nobody has named anything: a provider is compared again, so many times. */
  private static final int TRIES_MAX = 10;

  /** What follows from a block that the provider showed. */
  enum Step {
    BELIEVE,
    COMPARE_AT_AGREED,
    WAIT
  }

  private final Branches branches;
  private final long chainId;
  private final Provider provider;
  private long believedHead = -1;
  private boolean placed;
  private int tries;
  private int waits;

  Comparison(Branches branches, long chainId, Provider provider) {
    this.branches = branches;
    this.chainId = chainId;
    this.provider = provider;
  }

  /** Also when the head is the same, but what the provider called it was forgotten meanwhile. */
  boolean isDue(long head) {
    return head != believedHead
        || isAstray()
        || !branches.isWitness(chainId, provider.id())
        || (!placed && tries < TRIES_MAX);
  }

  /**
   * The provider showed a block, or could not.
   *
   * @param number of the block that it was asked for
   * @param agreedHead of the network; negative when not known
   */
  Step saw(Optional<Link> block, long number, long agreedHead) {
    Branches.Course course =
        block
            .map(link -> branches.compare(chainId, provider.id(), link))
            .orElse(Branches.Course.UNKNOWN);
    take(course);
    boolean newcomer = isAstray() || provider.head() < agreedHead;
    if (course != Branches.Course.UNKNOWN) {
      return Step.BELIEVE;
    }
    if ((newcomer || !placed) && agreedHead >= 0 && agreedHead < number - 1) {
      return Step.COMPARE_AT_AGREED;
    }
    if (newcomer && waits < WAITS_MAX) {
      waits++;
      return Step.WAIT;
    }
    return Step.BELIEVE;
  }

  void believed(long head) {
    believedHead = head;
    tries++;
    waits = 0;
  }

  private void take(Branches.Course course) {
    switch (course) {
      case ASTRAY -> {
        placed = true;
        provider.strayed();
      }
      case SHARED -> {
        placed = true;
        provider.returned();
      }
      case UNOPPOSED -> {
        placed = false;
        provider.returned();
      }
      case UNKNOWN -> {}
    }
  }

  private boolean isAstray() {
    return branches.isAstray(chainId, provider.id());
  }
}
