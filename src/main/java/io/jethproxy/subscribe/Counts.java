package io.jethproxy.subscribe;

import java.util.concurrent.atomic.LongAdder;

/** What was done for the listeners of one network since the start. From any thread. */
final class Counts {

  private final LongAdder told = new LongAdder();
  private final LongAdder lost = new LongAdder();

  void told(int notifications) {
    told.add(notifications);
  }

  void lost() {
    lost.increment();
  }

  long toldSum() {
    return told.sum();
  }

  long lostSum() {
    return lost.sum();
  }
}
