package io.jethproxy.consistency;

/**
 * A guarantee that was broken: by which call, what it saw, and what it could have seen.
 *
 * @param allowed and why no more than this
 */
record Violation(Guarantee guarantee, Op op, String seen, String allowed) {

  String line(long startNanos) {
    return "%s\n    call:    %s\n    seen:    %s\n    allowed: %s"
        .formatted(guarantee, op.line(startNanos), seen, allowed);
  }
}
