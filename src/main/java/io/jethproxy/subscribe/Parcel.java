package io.jethproxy.subscribe;

import java.util.List;

/**
 * Some steps that a feed has taken, as they are handed to each event loop.
 *
 * @param atNanos when the feed took them
 */
record Parcel(List<Deed> deeds, long atNanos) {

  Parcel {
    deeds = List.copyOf(deeds);
  }
}
