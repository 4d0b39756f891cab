package io.jethproxy.logs;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Call;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Outcome;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers one question for logs part by part: asks a few at a time, cuts what is too much into
 * smaller parts, and puts all answers together. The first part that cannot be had ends it with that
 * part's error; what is still under way then is given up.
 *
 * <p>A small actor on the call's own loop, so nothing here is locked.
 */
final class Search {

  private static final int UNDER_WAY_MAX = 4;

  private final Call call;
  private final Handler next;
  private final Logs.Config config;
  private final Room room;
  private final Allowance allowance;
  private final Supplier<Sizes> sizes;
  private final BooleanSupplier isSameChain;
  private final List<Part> parts;
  private final Deque<Part> waiting;
  private final CompletableFuture<Outcome> end = new CompletableFuture<>();
  private final Abandonment whole = new Abandonment();
  private final Abandonment.Group group = new Abandonment.Group(whole);
  private int underWay;
  private boolean isAsking;
  private boolean isFirm = true;
  private String by = "";
  private long bytes;

  /**
   * @param parts that make up the whole question, in order
   * @param waiting those to ask: the parts, or those that they are cut into
   * @param allowance what all of it may cost
   * @param sizes what to ask for at once, as far as known by now
   * @param isSameChain whether the blocks that are asked for are still those of the beginning
   */
  Search(
      Call call,
      Handler next,
      Logs.Config config,
      Room room,
      Allowance allowance,
      List<Part> parts,
      List<Part> waiting,
      Supplier<Sizes> sizes,
      BooleanSupplier isSameChain) {
    this.call = call;
    this.next = next;
    this.config = config;
    this.room = room;
    this.parts = List.copyOf(parts);
    this.waiting = new ArrayDeque<>(waiting);
    this.allowance = allowance;
    this.sizes = sizes;
    this.isSameChain = isSameChain;
  }

  CompletableFuture<Outcome> start() {
    call.abandonment().onDeclared(whole::declare);
    askMore();
    return end;
  }

  /**
   * Answers that are there at once come back in here: the loop goes on, the stack does not grow.
   */
  private void askMore() {
    if (isAsking) {
      return;
    }
    isAsking = true;
    try {
      while (!end.isDone() && !waiting.isEmpty() && mayAsk()) {
        ask(waiting.removeFirst());
      }
    } finally {
      isAsking = false;
    }
    if (!end.isDone() && waiting.isEmpty() && underWay == 0) {
      finish(merged());
    }
  }

  private boolean mayAsk() {
    return underWay == 0 || (underWay < UNDER_WAY_MAX && room.takePart());
  }

  private void ask(Part part) {
    underWay++;
    if (!allowance.take()) {
      arrived(part, Excess.parts(config.partsMax()), null);
      return;
    }
    Call own =
        new Call(
            call.network(),
            call.request(),
            call.method(),
            call.deadline(),
            call.journal(),
            group.member(),
            call.moment());
    next.handle(own.withParams(part.params()))
        .whenComplete((outcome, defect) -> arrived(part, outcome, defect));
  }

  private void arrived(Part part, @Nullable Outcome outcome, @Nullable Throwable defect) {
    if (underWay > 1) {
      room.givePart();
    }
    underWay--;
    if (end.isDone()) {
      return;
    }
    if (outcome == null) {
      stop(defect);
    } else if (!isSameChain.getAsBoolean()) {
      finish(Excess.MOVED);
    } else if (outcome instanceof Outcome.Answer answer) {
      answered(part, answer);
    } else if (Excess.isIn(outcome)) {
      split(part, outcome);
    } else {
      finish(outcome);
    }
    askMore();
  }

  private void answered(Part part, Outcome.Answer answer) {
    RawJson logs = answer.result();
    if (logs.first() != '[') {
      finish(answer); // what that means is for the client to say
      return;
    }
    if (bytes + logs.length() > config.bytesMax()) {
      finish(Excess.bytes(config.bytesMax()));
      return;
    }
    if (!room.takeBytes(logs.length())) {
      finish(Excess.crowded());
      return;
    }
    bytes += logs.length();
    isFirm &= answer.firm();
    by = answer.by();
    part.answered(logs);
  }

  /** The smaller parts come next, so that little is held at a time. */
  private void split(Part part, Outcome refused) {
    Sizes now = sizes.get();
    long pieces = part.pieces(now);
    if (pieces == 0) {
      finish(Excess.indivisible(refused));
      return;
    }
    if (waiting.size() + pieces > allowance.left()) {
      finish(Excess.parts(config.partsMax()));
      return;
    }
    List<Part> smaller = new ArrayList<>(part.split(now));
    Collections.reverse(smaller);
    smaller.forEach(waiting::addFirst);
  }

  private Outcome merged() {
    List<RawJson> arrays = new ArrayList<>();
    parts.forEach(part -> part.addTo(arrays));
    return new Outcome.Answer(Merged.inOrder(arrays), by, isFirm);
  }

  private void finish(Outcome outcome) {
    release();
    if (outcome instanceof Outcome.Answer answer) {
      call.journal().servedBy(answer.by());
    }
    end.complete(outcome);
    whole.declare();
  }

  private void stop(@Nullable Throwable defect) {
    release();
    end.completeExceptionally(
        defect == null ? new IllegalStateException("a part without an outcome") : defect);
    whole.declare();
  }

  private void release() {
    waiting.clear();
    room.giveBytes(bytes);
    bytes = 0;
  }
}
