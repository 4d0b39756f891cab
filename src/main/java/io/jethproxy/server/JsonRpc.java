package io.jethproxy.server;

import io.jethproxy.call.Moment;
import io.jethproxy.call.Refusal;
import io.jethproxy.eth.Network;
import io.jethproxy.rpc.Incoming;
import io.jethproxy.rpc.Limits;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Wire;
import java.util.function.Consumer;

/**
 * Answers what clients send, a request or a batch in one piece, whatever carried it. Each piece is
 * answered once, on the calling loop, perhaps with {@link Render#NOTHING}.
 */
final class JsonRpc {

  private final Calls calls;
  private final Declined declined;
  private final Limits limits;

  JsonRpc(Calls calls, Declined declined, Limits limits) {
    this.calls = calls;
    this.declined = declined;
    this.limits = limits;
  }

  /**
   * Has the requests answered.
   *
   * @return how many there are; at least 1
   */
  int answer(byte[] piece, Network network, Asker asker, Consumer<Render.Rendered> reply) {
    return switch (Wire.read(piece, 0, piece.length, limits)) {
      case Incoming.One(var item) -> {
        one(item, network, asker, reply);
        yield 1;
      }
      case Incoming.Many(var items) -> {
        Batch.run(items, network, calls, declined, asker, reply);
        yield items.size();
      }
      case Incoming.Unreadable unreadable -> {
        reply.accept(unreadable(unreadable));
        yield 1;
      }
    };
  }

  private void one(
      Incoming.Item item, Network network, Asker asker, Consumer<Render.Rendered> reply) {
    switch (item) {
      case Incoming.Item.Valid(var request) ->
          calls.start(
              network,
              request,
              asker.abandonment(),
              asker.audience(),
              new Moment(),
              calls.traceOf(asker),
              (call, outcome) ->
                  reply.accept(
                      request.isNotification() ? Render.NOTHING : Render.of(call, outcome)));
      case Incoming.Item.Invalid(var id, var fault) -> reply.accept(declined.unreadable(id, fault));
    }
  }

  private Render.Rendered unreadable(Incoming.Unreadable piece) {
    return piece.tooBig()
        ? declined.tooBig(piece.fault())
        : declined.unreadable(RawJson.NULL, piece.fault());
  }

  /** Says no to what may be proper requests, each under its own id. */
  void refuse(byte[] piece, Refusal refusal, Asker asker, Consumer<Render.Rendered> reply) {
    switch (Wire.read(piece, 0, piece.length, limits)) {
      case Incoming.One(var item) -> reply.accept(refused(item, refusal));
      case Incoming.Many(var items) -> Batch.refuse(items, refusal, declined, asker, reply);
      case Incoming.Unreadable unreadable -> reply.accept(unreadable(unreadable));
    }
  }

  private Render.Rendered refused(Incoming.Item item, Refusal refusal) {
    return switch (item) {
      case Incoming.Item.Valid(var request) ->
          request.isNotification() ? Render.NOTHING : declined.refused(request.id(), refusal);
      case Incoming.Item.Invalid(var id, var fault) -> declined.unreadable(id, fault);
    };
  }
}
