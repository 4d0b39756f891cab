package io.jethproxy.server;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Call;
import io.jethproxy.call.Moment;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.TraceContext;
import io.jethproxy.eth.Network;
import io.jethproxy.rpc.Incoming;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The items of one batch: asked all at once, each with providers of its own, answered together in
 * the order of the request, all from one moment of the chain. Notifications run and leave no trace
 * in the answer.
 */
final class Batch {

  /** Over this the rest of a batch is answered with errors instead of results. */
  private static final int ANSWER_BYTES_MAX = 128 * 1024 * 1024;

  private static final RawJson OPEN = RawJson.of("[");
  private static final RawJson COMMA = RawJson.of(",");
  private static final RawJson CLOSE = RawJson.of("]");

  private final @Nullable Payload[] answers;
  private final ByteBudget unsent;
  private final Declined declined;
  private final Consumer<Render.Rendered> reply;
  private final Runnable answered;
  private int pending;
  private long bytes;

  private Batch(
      int size,
      ByteBudget unsent,
      Declined declined,
      Consumer<Render.Rendered> reply,
      Runnable answered) {
    this.answers = new Payload[size];
    this.pending = size;
    this.unsent = unsent;
    this.declined = declined;
    this.reply = reply;
    this.answered = answered;
  }

  static void run(
      List<Incoming.Item> items,
      Network network,
      Calls calls,
      Declined declined,
      Asker asker,
      Consumer<Render.Rendered> reply) {
    TraceContext trace = calls.traceOf(asker);
    Runnable answered = calls.batchBegan(trace, items.size());
    Batch batch = new Batch(items.size(), asker.unsent(), declined, reply, answered);
    Abandonment.Group group = new Abandonment.Group(asker.abandonment());
    Moment moment = Moment.ofBatch();
    for (int i = 0; i < items.size(); i++) {
      int index = i;
      switch (items.get(i)) {
        case Incoming.Item.Valid(var request) ->
            calls.start(
                network,
                request,
                group.member(),
                asker.audience(),
                moment,
                trace.child(),
                (call, end) -> batch.ended(index, call, end));
        case Incoming.Item.Invalid(var id, var fault) ->
            batch.put(index, declined.unreadable(id, fault).payload());
      }
    }
  }

  /** Answers each item with the same refusal, if it is a request at all. */
  static void refuse(
      List<Incoming.Item> items,
      Refusal refusal,
      Declined declined,
      Asker asker,
      Consumer<Render.Rendered> reply) {
    Batch batch = new Batch(items.size(), asker.unsent(), declined, reply, () -> {});
    for (int i = 0; i < items.size(); i++) {
      switch (items.get(i)) {
        case Incoming.Item.Valid(var request) ->
            batch.put(
                i,
                request.isNotification()
                    ? null
                    : declined.refused(request.id(), refusal).payload());
        case Incoming.Item.Invalid(var id, var fault) ->
            batch.put(i, declined.unreadable(id, fault).payload());
      }
    }
  }

  private void ended(int index, Call call, Outcome outcome) {
    if (call.request().isNotification()) {
      put(index, null);
      return;
    }
    put(index, affordable(call, Render.of(call, outcome).payload()));
  }

  /** The answer itself, or a refusal where the answers of this or of all batches are too large. */
  private Payload affordable(Call call, Payload payload) {
    if (bytes + payload.length() > ANSWER_BYTES_MAX) {
      return refusal(
          call,
          new Refusal(
              Refusal.Kind.RANGE_TOO_LARGE,
              "batch: answers too large (expected: at most " + ANSWER_BYTES_MAX + " bytes in all)",
              "response_too_large"));
    }
    if (!unsent.take(payload.length())) {
      return refusal(
          call,
          new Refusal(
              Refusal.Kind.OVERLOADED,
              "the gateway is full (limit: bytes of answers at once)",
              "overload"));
    }
    bytes += payload.length();
    return payload;
  }

  private static Payload refusal(Call call, Refusal refusal) {
    return Render.refusal(call.request().id(), refusal, call.journal().requestId()).payload();
  }

  private void put(int index, @Nullable Payload payload) {
    answers[index] = payload;
    if (--pending == 0) {
      unsent.giveBack(bytes); // whoever sends the answer takes them again
      answered.run();
      reply.accept(joinedOrDefect());
    }
  }

  private Render.Rendered joinedOrDefect() {
    try {
      return joined();
    } catch (Throwable defect) {
      return declined.defect(defect);
    }
  }

  private Render.Rendered joined() {
    List<RawJson> parts = new ArrayList<>(4 * answers.length + 2);
    int length = 0;
    for (Payload answer : answers) {
      if (answer != null) {
        parts.add(parts.isEmpty() ? OPEN : COMMA);
        parts.addAll(answer.parts());
        length += 1 + answer.length();
      }
    }
    if (parts.isEmpty()) {
      return Render.NOTHING;
    }
    parts.add(CLOSE);
    return new Render.Rendered(200, List.of(), new Payload(parts, length + 1));
  }
}
