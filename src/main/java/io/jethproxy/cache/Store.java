package io.jethproxy.cache;

import java.util.Optional;

/**
 * Where answers are kept. Called on event loops, so it answers at once; from any thread. A store
 * beyond the network belongs behind this one, asked after it has nothing.
 */
interface Store {

  /** What is kept under the key, true or not. */
  Optional<Entry> get(Key key);

  /** Keeps an answer in place of an earlier one. May forget it, or others, whenever it likes. */
  void put(Key key, Entry entry);

  /** Answers in memory, roughly. */
  long count();

  /** Bytes in memory. */
  long bytes();
}
