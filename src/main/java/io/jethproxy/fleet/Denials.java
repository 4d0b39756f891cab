package io.jethproxy.fleet;

import static java.util.concurrent.TimeUnit.SECONDS;

/**
 * Tells a provider that refuses access to everything from one that refuses some calls for what they
 * contain, as a firewall in front of it does. Guarded by its owner.
 *
 * <p>A call of a client that is refused proves nothing: the same call would be refused by one
 * provider after the other. So the provider is asked a question of the gateway's own, at once, and
 * that answer decides. Only when it stays away, several refusals of different methods in a row are
 * taken for proof.
 */
final class Denials {

  /** How long the own question may take, and how long no second one is asked. */
  static final long QUESTION_NANOS = SECONDS.toNanos(2);

  private static final int DENIALS_TO_PROVE = 3;

  private int denials;
  private String method = "";
  private boolean severalMethods;
  private boolean asked;
  private long askedNanos;
  private boolean questionDue;

  /**
   * A client's call was refused access.
   *
   * @return whether that proves that all calls are
   */
  boolean prove(String denied, long nowNanos) {
    severalMethods |= denials > 0 && !method.equals(denied);
    method = denied;
    denials++;
    if (asked && nowNanos - askedNanos < QUESTION_NANOS) {
      return false; // the own question decides
    }
    if (denials >= DENIALS_TO_PROVE && severalMethods) {
      return true;
    }
    asked = true;
    askedNanos = nowNanos;
    questionDue = true;
    return false;
  }

  /** Whether the provider should be asked a question of our own now; says so once. */
  boolean takeQuestion() {
    boolean due = questionDue;
    questionDue = false;
    return due;
  }

  /** Something was answered, so not everything is refused. */
  void disprove() {
    denials = 0;
    severalMethods = false;
  }
}
