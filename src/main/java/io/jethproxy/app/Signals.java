package io.jethproxy.app;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;

/**
 * SIGTERM and SIGINT: the first asks for a polite stop, the second for a quick one.
 *
 * <p>A shutdown hook alone could do neither: the JVM would leave with 143 instead of 0 and ignore
 * the second signal. {@code sun.misc.Signal} is supported API of the module jdk.unsupported (JEP
 * 260), reached by reflection because the compiler warns of its package whatever is said. Where it
 * is missing, a shutdown hook takes its place: the JVM leaves when the hook ends, so it waits until
 * the stop is over.
 */
final class Signals implements AutoCloseable {

  private final CountDownLatch first = new CountDownLatch(1);
  private final CountDownLatch second = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);

  Signals() {}

  static Signals install() {
    Signals signals = new Signals();
    try {
      signals.handle("TERM");
      signals.handle("INT");
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      Runtime.getRuntime().addShutdownHook(signals.hook());
    }
    return signals;
  }

  /** What asks for a polite stop when it is started, and ends when that is over. */
  Thread hook() {
    return new Thread(
        () -> {
          received();
          try {
            stopped.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        },
        "signal");
  }

  @SuppressWarnings("ReferenceEquality") // what Object.equals means for a proxy
  private void handle(String name) throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> handler = Class.forName("sun.misc.SignalHandler");
    Object ours =
        Proxy.newProxyInstance(
            Signals.class.getClassLoader(),
            new Class<?>[] {handler},
            (proxy, method, arguments) -> {
              switch (method.getName()) {
                case "handle" -> received();
                case "equals" -> {
                  return proxy == arguments[0];
                }
                case "hashCode" -> {
                  return System.identityHashCode(proxy);
                }
                default -> {}
              }
              return null;
            });
    try {
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), ours);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException("signal " + name + ": cannot be handled here", e);
    }
  }

  private void received() {
    if (first.getCount() > 0) {
      first.countDown();
    } else {
      second.countDown();
    }
  }

  void awaitFirst() throws InterruptedException {
    first.await();
  }

  /** The stop is over: nothing is left that the JVM should wait for. */
  @Override
  public void close() {
    stopped.countDown();
  }

  /** Opens when the second signal comes. */
  CountDownLatch second() {
    return second;
  }
}
