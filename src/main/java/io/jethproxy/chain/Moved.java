package io.jethproxy.chain;

import java.util.List;

/**
 * How a chain moved: what is no longer part of it, then what is now.
 *
 * @param orphaned from the old tip down to above the fork; empty when the chain only grew
 * @param added from above the fork up to the new tip; empty when the chain only went back
 * @param isBroken whether the new blocks could not be linked to the old ones, so that what lies
 *     between is not known; then nothing is {@code orphaned}
 */
public record Moved(List<Block> orphaned, List<Block> added, boolean isBroken) {

  public Moved {
    orphaned = List.copyOf(orphaned);
    added = List.copyOf(added);
  }
}
