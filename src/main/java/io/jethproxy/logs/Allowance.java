package io.jethproxy.logs;

/** How many questions to providers one question of a client may still cost. Of its own loop. */
final class Allowance {

  private final int questionsMax;
  private int left;

  /**
   * @param questionsMax positive
   */
  Allowance(int questionsMax) {
    this.questionsMax = questionsMax;
    this.left = questionsMax;
  }

  int questionsMax() {
    return questionsMax;
  }

  int left() {
    return left;
  }

  int used() {
    return questionsMax - left;
  }

  /** False when nothing more may be asked. */
  boolean take() {
    if (left == 0) {
      return false;
    }
    left--;
    return true;
  }
}
