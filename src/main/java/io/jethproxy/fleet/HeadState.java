package io.jethproxy.fleet;

/** How a provider's newest block stands to the one that is agreed on. */
public enum HeadState {
  UNKNOWN("unknown"),
  /** There, or as late as blocks travel. */
  CURRENT("current"),
  /** Some blocks behind, and moving. */
  BEHIND("behind"),
  /** Standing still while others go on. */
  STUCK("stuck");

  private final String label;

  HeadState(String label) {
    this.label = label;
  }

  /** The word in the status and the metrics; stable. */
  public String label() {
    return label;
  }
}
