package io.jethproxy.server;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Audience;
import io.jethproxy.call.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One message of a client, until its answer is written. Used on its connection's loop only. */
final class Asked implements Asker, Audience {

  private final byte[] message;
  private final ClientLine line;
  private final ByteBudget unsent;
  private final Abandonment abandonment = new Abandonment();
  private List<Runnable> whenAnswered = List.of();
  private boolean answered;
  private int calls;
  private boolean excused;

  Asked(byte[] message, ClientLine line, ByteBudget unsent) {
    this.message = message;
    this.line = line;
    this.unsent = unsent;
  }

  byte[] message() {
    return message;
  }

  void abandon() {
    abandonment.declare();
  }

  /** How many calls it made, as far as that is known. */
  int calls() {
    return calls;
  }

  void madeCalls(int count) {
    calls = count;
  }

  /** Its answer is to be replaced by a small one. */
  void excuse() {
    excused = true;
  }

  boolean isExcused() {
    return excused;
  }

  @Override
  public Abandonment abandonment() {
    return abandonment;
  }

  @Override
  public ByteBudget unsent() {
    return unsent;
  }

  @Override
  public Audience audience() {
    return this;
  }

  @Override
  public Optional<Line> line() {
    return Optional.of(line);
  }

  @Override
  public void whenAnswered(Runnable action) {
    if (answered) {
      action.run();
      return;
    }
    if (whenAnswered.isEmpty()) {
      whenAnswered = new ArrayList<>(1);
    }
    whenAnswered.add(action);
  }

  /** What was to wait for the answer may happen now. */
  List<Runnable> answered() {
    answered = true;
    List<Runnable> actions = whenAnswered;
    whenAnswered = List.of();
    return actions;
  }
}
