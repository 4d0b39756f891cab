package io.jethproxy.subscribe;

import io.jethproxy.call.Audience;
import io.jethproxy.call.Line;
import io.jethproxy.rpc.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client's connection that keeps what it is told, and what is told before an answer apart. */
final class FakeLine implements Line, Audience {

  private final List<JsonNode> told = new ArrayList<>();
  private final List<Runnable> answered = new ArrayList<>();
  private final List<Runnable> roomy = new ArrayList<>();
  private final List<Runnable> onEnd = new ArrayList<>();
  private Supplier<String> position = () -> "";
  private Optional<End> end = Optional.empty();
  private String reason = "";
  private int flushed;
  private String lastPosition = "";

  /** Whether there is room for what may be much only when the test says so. */
  boolean isNarrow;

  @Override
  public boolean tell(byte[] head, RawJson body, byte[] tail) {
    if (end.isPresent()) {
      return false;
    }
    String message =
        new String(head, StandardCharsets.UTF_8)
            + body.text()
            + new String(tail, StandardCharsets.UTF_8);
    told.add(JsonMapper.shared().readTree(message));
    return true;
  }

  @Override
  public void flush() {
    flushed = told.size();
  }

  @Override
  public void whenRoomy(Runnable action) {
    if (isNarrow) {
      roomy.add(action);
    } else {
      action.run();
    }
  }

  /** What was sent is gone. */
  void makeRoom() {
    List<Runnable> now = List.copyOf(roomy);
    roomy.clear();
    now.forEach(Runnable::run);
  }

  @Override
  public void end(End why, String because) {
    if (end.isEmpty()) {
      lastPosition = position.get();
      end = Optional.of(why);
      reason = because;
      List.copyOf(onEnd).forEach(Runnable::run);
    }
  }

  @Override
  public void onEnd(Runnable action) {
    onEnd.add(action);
    if (end.isPresent()) {
      action.run();
    }
  }

  @Override
  public void position(Supplier<String> supplier) {
    position = supplier;
  }

  @Override
  public Optional<Line> line() {
    return Optional.of(this);
  }

  @Override
  public void whenAnswered(Runnable action) {
    answered.add(action);
  }

  /** The answers are on the wire. */
  void answer() {
    List<Runnable> now = List.copyOf(answered);
    answered.clear();
    if (end.isEmpty()) {
      now.forEach(Runnable::run);
    }
  }

  /** How many wait for its end. */
  int waiters() {
    return onEnd.size();
  }

  Optional<End> ended() {
    return end;
  }

  String reason() {
    return reason;
  }

  /** Where its client goes on. */
  String position() {
    return end.isPresent() ? lastPosition : position.get();
  }

  /** What was sent for one subscription, and is taken away with it. */
  List<JsonNode> take(String id) {
    List<JsonNode> some = new ArrayList<>();
    for (JsonNode each : List.copyOf(told.subList(0, flushed))) {
      if (each.path("params").path("subscription").asString().equals(id)) {
        some.add(each.path("params").path("result"));
        told.remove(each);
        flushed--;
      }
    }
    return some;
  }

  /** How many messages are there. */
  int size() {
    return flushed;
  }
}
