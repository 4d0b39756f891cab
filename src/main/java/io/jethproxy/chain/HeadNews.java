package io.jethproxy.chain;

import io.jethproxy.call.Ticker;
import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.fleet.Provider;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What follows from the number of a provider's head, beside those of the others. */
final class HeadNews {

  private static final Logger LOG = LoggerFactory.getLogger(HeadNews.class);

  /** A head that goes back by no more than this is an ordinary reorganisation. */
  private static final int REORG_BLOCKS = 8;

  /** With fewer providers nobody can say which of two branches is the right one. */
  private static final int PROVIDERS_TO_COMPARE = 3;

  private final Provider provider;
  private final long chainId;
  private final Fleets fleets;
  private final Pace pace;
  private final Ticker ticker;
  private final LongConsumer news;
  private boolean late;

  /**
   * @param news told of a head that is newer than the agreed one
   */
  HeadNews(
      Provider provider, long chainId, Fleets fleets, Pace pace, Ticker ticker, LongConsumer news) {
    this.provider = provider;
    this.chainId = chainId;
    this.fleets = fleets;
    this.pace = pace;
    this.ticker = ticker;
    this.news = news;
  }

  private Optional<Fleet> fleet() {
    return fleets.of(chainId);
  }

  /** The agreed head; negative when not known. */
  long agreedHead() {
    return fleet().map(Fleet::agreedHead).orElse(-1L);
  }

  /** How far behind the agreed head the provider is, in blocks. */
  long lag() {
    return fleet().map(fleet -> fleet.lag(provider)).orElse(0L);
  }

  /** Whether there are enough providers to tell who is on a fork. */
  boolean isComparable() {
    return fleet().stream().anyMatch(fleet -> fleet.providers().size() >= PROVIDERS_TO_COMPARE);
  }

  void learn(long head) {
    pace.saw(head, ticker.nanos());
    boolean isNews =
        fleet().stream().anyMatch(fleet -> head > fleet.agreedHead() && fleet.mayHaveReached(head));
    provider.learnHead(head);
    if (isNews) {
      news.accept(head);
    }
    tellWhenLate(lag());
  }

  /** Another chain, or a node that was set up anew, is told by where its head is. */
  boolean isSuspicious(long before, long head) {
    boolean leaps =
        before >= 0
            && head > before
            && fleet().stream().anyMatch(fleet -> !fleet.mayHaveReached(head));
    return leaps || head < before - REORG_BLOCKS;
  }

  private void tellWhenLate(long blocks) {
    if (!late && blocks >= pace.lateBlocks()) {
      late = true;
      LOG.atWarn()
          .addKeyValue("provider", provider.id())
          .log("its head is {} blocks behind the others", blocks);
    } else if (late && blocks <= pace.lateBlocks() / 2) {
      late = false;
      LOG.atInfo().addKeyValue("provider", provider.id()).log("its head is where the others are");
    }
  }
}
