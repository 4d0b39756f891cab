package io.jethproxy.server;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.List;
import java.util.function.Consumer;

/**
 * Has requests answered by the {@link Site}, with compression on both sides of it. Answers come on
 * the connection's event loop.
 */
final class Exchange {

  private final Site site;
  private final Gzip gzip;
  private final HttpLimits limits;
  private final ByteBudget received;
  private final EventLoop loop;

  Exchange(Listener listener, ByteBudget received, EventLoop loop) {
    this.site = listener.site();
    this.gzip = listener.gzip();
    this.limits = listener.limits();
    this.received = received;
    this.loop = loop;
  }

  /**
   * @param reply called once, on the loop
   */
  void answer(Turn turn, Consumer<HttpAnswer> reply) {
    switch (turn.what()) {
      case Turn.What.Unreadable(var refusal) -> reply.accept(refusal);
      case Turn.What.Asked(var question) -> {
        Consumer<HttpAnswer> whole = onLoop(deflated(turn, reply));
        try { // as orDefect, without an object for each request
          answer(question, whole);
        } catch (Throwable defect) {
          whole.accept(site.defect(defect));
        }
      }
    }
  }

  /** Whatever goes wrong, the client gets an answer. */
  private void orDefect(Consumer<HttpAnswer> reply, Runnable work) {
    try {
      work.run();
    } catch (Throwable defect) {
      reply.accept(site.defect(defect));
    }
  }

  private Consumer<HttpAnswer> onLoop(Consumer<HttpAnswer> reply) {
    return answer -> {
      if (loop.inEventLoop()) {
        reply.accept(answer);
      } else {
        loop.execute(() -> reply.accept(answer));
      }
    };
  }

  private Consumer<HttpAnswer> deflated(Turn turn, Consumer<HttpAnswer> reply) {
    if (!turn.takesGzip()) {
      return reply;
    }
    return answer -> {
      if (answer.payload().length() < Gzip.WORTH_IT_BYTES) {
        reply.accept(answer);
      } else {
        gzip.deflate(answer, loop, reply);
      }
    };
  }

  private void answer(HttpQuestion question, Consumer<HttpAnswer> reply) {
    List<String> codings = question.headers().getAll(HttpHeaderNames.CONTENT_ENCODING);
    if (codings.isEmpty() || isOnly("identity", codings)) {
      site.answer(question, reply);
    } else if (isOnly("gzip", codings)) {
      gzip.inflate(
          question.body(),
          limits.inflatedBytesMax(),
          loop,
          inflated -> orDefect(reply, () -> inflated(question, inflated, reply)));
    } else {
      reply.accept(site.refusal(415, "Content-Encoding: not understood (expected: gzip)"));
    }
  }

  private static boolean isOnly(String coding, List<String> codings) {
    return codings.size() == 1 && codings.getFirst().equalsIgnoreCase(coding);
  }

  private void inflated(HttpQuestion question, Gzip.Inflated inflated, Consumer<HttpAnswer> reply) {
    switch (inflated) {
      case Gzip.Inflated.Bytes(var bytes) -> inflated(question, bytes, reply);
      case Gzip.Inflated.TooLarge() ->
          reply.accept(
              site.refusal(
                  413,
                  "body: too large when inflated (expected: at most "
                      + limits.inflatedBytesMax()
                      + " bytes)"));
      case Gzip.Inflated.Broken() ->
          reply.accept(site.refusal(400, "body: not gzip, as its header says"));
      case Gzip.Inflated.Busy() ->
          reply.accept(site.refusal(503, "the gateway is full (limit: compressed bodies at once)"));
      case Gzip.Inflated.Failed(var defect) -> reply.accept(site.defect(defect));
    }
  }

  private void inflated(HttpQuestion question, byte[] bytes, Consumer<HttpAnswer> reply) {
    if (question.abandonment().isDeclared()) {
      return;
    }
    if (!received.take(bytes.length)) {
      reply.accept(site.refusal(503, "the gateway is full (limit: bytes of requests at once)"));
      return;
    }
    // An answer always comes, also to a question that was abandoned: the bytes are given back.
    Consumer<HttpAnswer> freeing = onLoop(new Freeing(bytes.length, reply));
    orDefect(freeing, () -> site.answer(question.inflated(bytes), freeing));
  }

  /** Gives back what was inflated, once: a defect may come after the answer. */
  private final class Freeing implements Consumer<HttpAnswer> {
    private final Consumer<HttpAnswer> reply;
    private int bytes;

    Freeing(int bytes, Consumer<HttpAnswer> reply) {
      this.bytes = bytes;
      this.reply = reply;
    }

    @Override
    public void accept(HttpAnswer answer) {
      received.giveBack(bytes);
      bytes = 0;
      reply.accept(answer);
    }
  }
}
