package io.jethproxy.testing;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Stops everything that passes while it is on, as SIGSTOP does. */
final class Frost {

  private volatile CountDownLatch thawed = new CountDownLatch(0);

  void on() {
    if (thawed.getCount() == 0) {
      thawed = new CountDownLatch(1);
    }
  }

  void off() {
    thawed.countDown();
  }

  boolean isOn() {
    return thawed.getCount() > 0;
  }

  /** Goes on once the frost is off; an exception when {@code over} comes first. */
  void pass(CountDownLatch over) throws IOException {
    try {
      while (!thawed.await(10, TimeUnit.MILLISECONDS)) {
        if (over.getCount() == 0) {
          throw new IOException("connection is over");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
