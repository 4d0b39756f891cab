package io.jethproxy.verify;

import io.jethproxy.eth.LogFilter;
import java.util.Optional;

/**
 * Logs: each within the range that was asked for, with the address and topics that were, of this
 * chain, in order, none twice; and none left out of the blocks that are known, as far as can be
 * told.
 */
final class LogsCheck implements Check {

  /** Nothing is hashed: as long takes what is only read and written. */
  private static final int READ_BYTES_MAX = 1 << 20;

  @Override
  public int bytesMax() {
    return READ_BYTES_MAX;
  }

  @Override
  public Finding of(Claim claim) {
    if (claim.result().first() != '[' || claim.isAboutPending()) {
      return Finding.RIGHT;
    }
    Optional<LogFilter> filter = LogFilter.read(claim.param(0));
    if (filter.isEmpty()) {
      return Finding.RIGHT;
    }
    LogRow row = new LogRow(claim, filter.get());
    if (!row.fits() || !isInOrder(claim, row)) {
      return Finding.WRONG;
    }
    if (row.isAstray()) {
      return Finding.ASTRAY;
    }
    return new Omissions(claim, filter.get(), row).finding();
  }

  private static boolean isInOrder(Claim claim, LogRow row) {
    if (!claim.profile().isTried(Aspect.LOG_ORDER) || (row.isOrdered() && !row.hasNeighbours())) {
      return true;
    }
    return claim.bears(Aspect.LOG_ORDER, row.isOrdered(), claim.call().request().params());
  }
}
