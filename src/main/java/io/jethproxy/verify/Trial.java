package io.jethproxy.verify;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Whether one {@link Aspect} holds on a network, learned from its answers. From any thread.
 *
 * <p>A match cannot be made up, so one is enough to know that it holds; from then on a mismatch is
 * the provider's fault. Mismatches before that say that this chain may have its own ways: after
 * some, it is taken not to hold until an answer shows otherwise. On a network that nobody has
 * described it is the chain's way too when two providers fail over the same thing.
 */
final class Trial {

  /** Mismatches before any match, after which the aspect is off. */
  static final int MISSES_MAX = 5;

  /** What was missed and is remembered: answers about several things come at the same time. */
  static final int SUBJECTS_MAX = 16;

  private final boolean isTried;
  private final boolean isDescribed;
  private volatile Profile.State state;
  private int misses;
  private boolean isContradicted;

  /** What was missed lately, and by whom first; the oldest comes first. */
  private final Map<Object, String> missedBy = new LinkedHashMap<>();

  private Trial(Profile.State state, boolean isTried, boolean isDescribed) {
    this.state = state;
    this.isTried = isTried;
    this.isDescribed = isDescribed;
  }

  /** For an aspect that is known not to hold. */
  static Trial off() {
    return new Trial(Profile.State.OFF, false, true);
  }

  /**
   * @param isDescribed whether the chain's ways are known, so that no two providers change them
   */
  static Trial open(boolean isDescribed) {
    return new Trial(Profile.State.UNKNOWN, true, isDescribed);
  }

  Profile.State state() {
    return state;
  }

  /** Why it is not {@code ON}, for people; empty when it is. */
  synchronized String why() {
    return switch (state) {
      case ON -> "";
      case UNKNOWN -> "no answer has shown it yet";
      case OFF -> isTried ? learnedWhy() : "this network is known to have its own way";
    };
  }

  private String learnedWhy() {
    return isContradicted
        ? "two providers differ from it in the same way"
        : MISSES_MAX + " answers did not match, and none did";
  }

  /** Whether it is of any use to look. */
  boolean isTried() {
    return isTried;
  }

  void matched() {
    if (isTried && state != Profile.State.ON) {
      turnOn();
    }
  }

  private synchronized void turnOn() {
    if (!isContradicted) {
      misses = 0;
      state = Profile.State.ON;
    }
  }

  /**
   * An answer does not match.
   *
   * @param subject what the answer is about, to compare
   * @return whether that is the provider's fault
   */
  synchronized boolean missed(Object subject, String provider) {
    return switch (state) {
      case OFF -> false;
      case UNKNOWN -> {
        misses++;
        state = misses >= MISSES_MAX ? Profile.State.OFF : Profile.State.UNKNOWN;
        yield false;
      }
      case ON -> isDescribed || !isSharedBy(subject, provider);
    };
  }

  private boolean isSharedBy(Object subject, String provider) {
    String first = missedBy.putIfAbsent(subject, provider);
    if (first != null && !first.equals(provider)) {
      isContradicted = true;
      state = Profile.State.OFF;
      missedBy.clear();
      return true;
    }
    if (missedBy.size() > SUBJECTS_MAX) {
      missedBy.remove(missedBy.keySet().iterator().next());
    }
    return false;
  }
}
