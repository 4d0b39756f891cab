package io.jethproxy.verify;

import org.jspecify.annotations.Nullable;

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

  private final boolean isTried;
  private final boolean isDescribed;
  private volatile Profile.State state;
  private int misses;
  private boolean isContradicted;
  private @Nullable Object missedSubject;
  private String missedBy = "";

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
    if (subject.equals(missedSubject) && !provider.equals(missedBy)) {
      isContradicted = true;
      state = Profile.State.OFF;
      return true;
    }
    missedSubject = subject;
    missedBy = provider;
    return false;
  }
}
