package io.jethproxy.app;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The small pool for what must not be done on an event loop: compression, metrics, status. When its
 * queue is full, tasks are rejected and their owners do without.
 */
final class Workers {

  private static final int THREADS = 2;
  private static final int QUEUE_MAX = 1_000;

  private Workers() {}

  static ExecutorService start() {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUE_MAX),
            new DefaultThreadFactory("worker", true));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
