package io.jethproxy.app;

import io.jethproxy.chain.HeadWatch;
import io.jethproxy.eth.Hash;
import io.jethproxy.survey.Survey;
import io.netty.channel.EventLoop;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A provider that is followed, and the loop that this happens on.
 *
 * @param survey what finds out what it keeps and offers; empty when that is off
 * @param loop the only thread that may touch them
 */
record Following(HeadWatch watch, Optional<Survey> survey, EventLoop loop) {

  void start() {
    loop.execute(watch::start);
  }

  void stop() {
    loop.execute(() -> {
      watch.stop();
      survey.ifPresent(Survey::stop);
    });
  }

  /** Another provider of this chain shows this head. */
  void nudge(OptionalLong chainId, long head) {
    loop.execute(() -> {
      if (watch.chainId().equals(chainId)) {
        watch.nudge(head);
      }
    });
  }

  /** There may be a newer head of this chain. */
  void nudge(OptionalLong chainId) {
    loop.execute(() -> {
      if (watch.chainId().equals(chainId)) {
        watch.nudge();
      }
    });
  }

  /** A socket tells of a new block of this chain. */
  void hint(long chain, Hash block) {
    loop.execute(() -> {
      if (watch.chainId().equals(OptionalLong.of(chain))) {
        watch.hint(block);
      }
    });
  }

  /** An answer was of another branch of this chain. */
  void suspect(long chain) {
    loop.execute(() -> {
      if (watch.chainId().equals(OptionalLong.of(chain))) {
        watch.suspect();
      }
    });
  }

  /** Somebody asks about this chain after a while. */
  void wake(long chain) {
    loop.execute(() -> {
      if (watch.chainId().equals(OptionalLong.of(chain))) {
        watch.wake();
      }
    });
  }
}
