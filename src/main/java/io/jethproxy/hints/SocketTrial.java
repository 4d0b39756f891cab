package io.jethproxy.hints;

import io.jethproxy.call.Ticker;
import io.jethproxy.eth.Hash;
import io.jethproxy.fleet.Dialler;
import io.jethproxy.fleet.SocketTrouble;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * Finds out once whether a socket would be of use: opens it, asks its chain, subscribes, leaves.
 */
public final class SocketTrial implements Session.Owner {

  /**
   * What came of it.
   *
   * @param chainId what it told; empty when it did not
   * @param trouble why it is of no use; empty when it is
   */
  public record Result(OptionalLong chainId, Optional<SocketTrouble> trouble) {}

  private final CompletableFuture<Result> end = new CompletableFuture<>();
  private final Session session;
  private OptionalLong chainId = OptionalLong.empty();

  private SocketTrial(Ticker ticker) {
    session = new Session(ticker, this);
  }

  /**
   * Tries on the calling event loop.
   *
   * @param patienceNanos for all of it; positive
   */
  public static CompletableFuture<Result> of(Dialler dialler, Ticker ticker, long patienceNanos) {
    SocketTrial trial = new SocketTrial(ticker);
    Ticker.Alarm late =
        ticker.alarm(patienceNanos, () -> trial.session.fail(SocketTrouble.UNANSWERED));
    trial.end.whenComplete((_, _) -> late.cancel());
    trial.session.open(dialler);
    return trial.end;
  }

  @Override
  public void identified(long told) {
    chainId = OptionalLong.of(told);
    session.subscribe();
  }

  @Override
  public void subscribed() {
    session.close();
    end.complete(new Result(chainId, Optional.empty()));
  }

  @Override
  public void told(Hash block) {
    // it is known to be of use by then
  }

  @Override
  public void toldPending(Hash transaction) {
    // not asked for
  }

  @Override
  public void ignored() {
    // no reason to give it up
  }

  @Override
  public void ended(SocketTrouble trouble) {
    end.complete(new Result(chainId, Optional.of(trouble)));
  }
}
