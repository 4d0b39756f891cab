package io.jethproxy.chain;

import io.jethproxy.fleet.Provider;

/** Takes what the providers of one network show of its chain; from any loop. */
public interface Sightings {

  /** Nobody wants to know. */
  Sightings IGNORED =
      new Sightings() {
        @Override
        public void saw(Provider provider, Block block) {}

        @Override
        public void sawNothing(Provider provider) {}

        @Override
        public void stillSees(Provider provider) {}

        @Override
        public void lost(Provider provider) {}

        @Override
        public boolean isIdle() {
          return false;
        }
      };

  /** A provider shows its newest block. */
  void saw(Provider provider, Block block);

  /** A provider shows something for its newest block that cannot be followed. */
  void sawNothing(Provider provider);

  /** A provider still shows the same block as before. */
  void stillSees(Provider provider);

  /** A provider does not answer: until it shows a block again, it has no say. */
  void lost(Provider provider);

  /** Whether nobody asks about the network now, so that nothing needs to be shown. */
  boolean isIdle();
}
