package io.jethproxy.verify;

import io.jethproxy.eth.Network;
import java.util.EnumMap;
import java.util.Map;

/**
 * Which checks hold on one network: known exceptions are off, the rest is learned. From any thread.
 */
public final class Profile {

  /** Whether an aspect holds. */
  public enum State {
    /** It was seen to hold: who breaks it, is wrong. */
    ON,
    /** It does not hold on this chain: nobody is blamed. */
    OFF,
    /** No answer has shown it yet: nobody is blamed. */
    UNKNOWN
  }

  private final Map<Aspect, Trial> trials = new EnumMap<>(Aspect.class);

  public Profile(Network network) {
    boolean isDescribed = !network.name().equals(Long.toString(network.chainId()));
    for (Aspect aspect : Aspect.values()) {
      trials.put(
          aspect, aspect.isBrokenBy(network.quirks()) ? Trial.off() : Trial.open(isDescribed));
    }
  }

  /** What is known now of each aspect. */
  public Map<Aspect, State> states() {
    Map<Aspect, State> states = new EnumMap<>(Aspect.class);
    trials.forEach((aspect, trial) -> states.put(aspect, trial.state()));
    return states;
  }

  /** Why an aspect is not {@code ON}, for people; empty when it is. */
  public String why(Aspect aspect) {
    return trial(aspect).why();
  }

  boolean isTried(Aspect aspect) {
    return trial(aspect).isTried();
  }

  boolean isOn(Aspect aspect) {
    return state(aspect) == State.ON;
  }

  State state(Aspect aspect) {
    return trial(aspect).state();
  }

  void confirm(Aspect aspect) {
    trial(aspect).matched();
  }

  /**
   * What an answer says of an aspect.
   *
   * @param subject the block or transaction
   * @return false when it is wrong by the provider's fault
   */
  boolean bears(Aspect aspect, boolean matches, Object subject, String provider) {
    Trial trial = trial(aspect);
    if (matches) {
      trial.matched();
      return true;
    }
    return !trial.missed(subject, provider);
  }

  private Trial trial(Aspect aspect) {
    Trial trial = trials.get(aspect);
    if (trial == null) {
      throw new IllegalArgumentException("aspect: " + aspect);
    }
    return trial;
  }
}
