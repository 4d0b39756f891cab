package io.jethproxy.fleet;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Ticker;
import io.jethproxy.eth.MethodSpec;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request under way at one provider. Belongs to the event loop that began it; not thread-safe.
 */
public final class Attempt implements Consumer<Outcome> {

  /** What an attempt counts as. */
  enum Kind {
    CALL,
    /** A call that holds the one place on probation. */
    PROBATION,
    /** The gateway's own question: takes no permit. */
    PROBE,
    /** The same, of what may take long: its speed says nothing of other calls. */
    SURVEY,
    /** There was no permit: nothing is sent. */
    UNSENT
  }

  /** What the gateway asks everybody, and what it asks when a provider may refuse everything. */
  private static final Set<String> VITAL_METHODS = Set.of("eth_chainId", "eth_blockNumber");

  private final Provider provider;
  private final Kind kind;
  private final String method;
  private final MethodSpec.Pace pace;
  private final long beganNanos;
  private final long timeoutNanos;
  private final boolean hedge;
  private final Scrutiny scrutiny;
  private final Consumer<Outcome> inbox;
  private long endedNanos;
  private boolean arrived;
  private boolean over;
  private Transport.@Nullable Exchange exchange;
  private Ticker.@Nullable Alarm alarm;

  Attempt(
      Provider provider,
      Kind kind,
      String method,
      MethodSpec.Pace pace,
      long beganNanos,
      long timeoutNanos,
      boolean hedge,
      Scrutiny scrutiny,
      Consumer<Outcome> inbox) {
    this.provider = provider;
    this.kind = kind;
    this.method = method;
    this.pace = pace;
    this.beganNanos = beganNanos;
    this.timeoutNanos = timeoutNanos;
    this.hedge = hedge;
    this.scrutiny = scrutiny;
    this.inbox = inbox;
  }

  public Provider provider() {
    return provider;
  }

  /** Whether it was started while another attempt of the same call was pending. */
  public boolean isHedge() {
    return hedge;
  }

  public boolean isOver() {
    return over;
  }

  /** Nanoseconds from its start to its end, or to now while it is under way. */
  public long elapsedNanos(long nowNanos) {
    return (over ? endedNanos : nowNanos) - beganNanos;
  }

  /** Gives up, without prejudice: nothing is delivered afterwards. Does nothing when it is over. */
  public void cancel() {
    if (end() && exchange != null && !arrived) {
      exchange.cancel();
    }
  }

  /**
   * Loses interest, like {@link #cancel}, but lets the provider finish, so that the connection
   * lives on.
   */
  public void forget() {
    if (end() && exchange != null && !arrived) {
      exchange.forget();
    }
  }

  private boolean end() {
    if (over) {
      return false;
    }
    over = true;
    endedNanos = provider.abandoned(this);
    if (alarm != null) {
      alarm.cancel();
    }
    return true;
  }

  /** The outcome arrives from the wire; whatever comes after it, or after the end, is dropped. */
  @Override
  public void accept(Outcome outcome) {
    if (over || arrived) {
      return;
    }
    arrived = true;
    scrutiny.of(outcome, this::reviewed);
  }

  /** Until now it may have been given up, if the review took a while. */
  private void reviewed(Outcome reviewed) {
    if (over) {
      return;
    }
    over = true;
    endedNanos = beganNanos;
    try {
      endedNanos = provider.conclude(this, reviewed);
    } finally {
      inbox.accept(reviewed); // who waits for it must not wait for ever, whatever is thrown
    }
  }

  void sentBy(Transport.Exchange sent) {
    exchange = sent;
  }

  void deliveredBy(Ticker.Alarm soon) {
    alarm = soon;
  }

  Kind kind() {
    return kind;
  }

  String method() {
    return method;
  }

  /**
   * Whether it is a question of the gateway's own that every provider answers to whom it lets in.
   */
  boolean isVital() {
    return kind == Kind.PROBE && VITAL_METHODS.contains(method);
  }

  MethodSpec.Pace pace() {
    return pace;
  }

  long beganNanos() {
    return beganNanos;
  }

  long timeoutNanos() {
    return timeoutNanos;
  }
}
