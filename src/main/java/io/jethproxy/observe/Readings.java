package io.jethproxy.observe;

import java.util.List;
import java.util.OptionalLong;

/**
 * What the metrics read from the running gateway at each scrape. Answered from snapshots, on any
 * thread, without waiting. The labels in it come from the configuration, so they are bounded.
 */
public interface Readings {

  /** The providers now in use. */
  List<Provider> providers();

  /** The networks now served. */
  List<Network> networks();

  /** Open connections of clients. */
  int httpConnections();

  /**
   * One provider.
   *
   * @param state one of the states that the metrics were made with
   * @param head the number of its newest block; absent until it is known
   * @param lagBlocks how far it is behind the agreed head; absent until both are known
   * @param inFlight attempts that wait for it
   */
  record Provider(
      String network,
      String id,
      String state,
      OptionalLong head,
      OptionalLong lagBlocks,
      int inFlight) {}

  /**
   * One network.
   *
   * @param head the number of the agreed newest block; absent until it is known
   */
  record Network(String name, OptionalLong head) {}

  /** Before anything runs. */
  Readings NOTHING =
      new Readings() {
        @Override
        public List<Provider> providers() {
          return List.of();
        }

        @Override
        public List<Network> networks() {
          return List.of();
        }

        @Override
        public int httpConnections() {
          return 0;
        }
      };
}
