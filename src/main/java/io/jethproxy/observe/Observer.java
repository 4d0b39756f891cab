package io.jethproxy.observe;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Is told of each call that ended, on the call's own loop; must be quick and must not wait. */
@FunctionalInterface
public interface Observer {

  void concluded(Concluded concluded);

  /** Tells each of these in turn; what one of them throws is logged and harms nobody else. */
  static Observer all(List<Observer> observers) {
    List<Observer> told = List.copyOf(observers);
    Logger logger = LoggerFactory.getLogger(Observer.class);
    return concluded -> {
      for (Observer observer : told) {
        try {
          observer.concluded(concluded);
        } catch (Throwable defect) {
          logger.error("an observer failed", defect);
        }
      }
    };
  }
}
