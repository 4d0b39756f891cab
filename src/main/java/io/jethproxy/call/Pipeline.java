package io.jethproxy.call;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The stages in order, with their names, so that the start-up log and the status show the list. */
public final class Pipeline implements Handler {

  private final List<String> names;
  private final Handler first;

  private Pipeline(List<String> names, Handler first) {
    this.names = List.copyOf(names);
    this.first = first;
  }

  public static Builder of(Stage... stages) {
    return new Builder(List.of(stages));
  }

  @Override
  public CompletableFuture<Outcome> handle(Call call) {
    return first.handle(call);
  }

  /** The stages' names, first to last. */
  public List<String> names() {
    return names;
  }

  /** A pipeline that lacks its end. */
  public static final class Builder {
    private final List<Stage> stages;

    private Builder(List<Stage> stages) {
      this.stages = stages;
    }

    public Pipeline endingIn(Handler last) {
      List<String> names = new ArrayList<>();
      Handler next = last;
      for (Stage stage : stages.reversed()) {
        Handler following = next;
        next = call -> stage.handle(call, following);
        names.addFirst(stage.getClass().getSimpleName());
      }
      names.add(last.getClass().getSimpleName());
      return new Pipeline(names, next);
    }
  }
}
