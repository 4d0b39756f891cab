package io.jethproxy.hints;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.jethproxy.call.Ticker;
import io.jethproxy.fleet.SocketTrouble;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is known of one socket: written by its watch, on one loop; read by all as a snapshot. */
final class SocketRecord {

  private static final Logger LOG = LoggerFactory.getLogger(SocketRecord.class);

  private static final long UNSERVED_NANOS = SECONDS.toNanos(10);

  private final String id;
  private final Optional<String> providerId;
  private final Ticker ticker;
  private OptionalLong chainId = OptionalLong.empty();
  private SocketState state = SocketState.CONNECTING;
  private Optional<SocketTrouble> cause = Optional.empty();
  private boolean isToldOf;
  private boolean isUnservedToldOf;
  private long sinceNanos;
  private boolean tells;
  private boolean hearsPending;
  private long opened;
  private long notices;
  private long noticesBefore;
  private long transactions;
  private long ignored;
  private OptionalLong noticeNanos = OptionalLong.empty();
  private volatile SocketVitals vitals;

  SocketRecord(String id, Optional<String> providerId, Ticker ticker) {
    this.id = id;
    this.providerId = providerId;
    this.ticker = ticker;
    sinceNanos = ticker.nanos();
    vitals = snapshot();
  }

  // What happens to it.

  void opens() {
    opened++;
    noticesBefore = notices;
    enter(SocketState.CONNECTING);
  }

  void identified(long chain) {
    chainId = OptionalLong.of(chain);
    publish();
  }

  void enter(SocketState next) {
    if (next != state) {
      state = next;
      sinceNanos = ticker.nanos();
      tells = false;
      hearsPending = false;
      if (next == SocketState.LIVE && isToldOf) {
        isToldOf = false;
        LOG.atInfo().addKeyValue("socket", id).log("it tells of new blocks again");
      }
    }
    publish();
  }

  /** Said once, and not before the providers had the time to say what they serve. */
  void remainsUnserved() {
    if (!isUnservedToldOf && stateNanos() >= UNSERVED_NANOS) {
      isUnservedToldOf = true;
      LOG.atWarn()
          .addKeyValue("socket", id)
          .log("chain {} has a socket, but no provider over HTTP: it is not served", chain());
    }
  }

  void isOfWrongChain(long told, long expected) {
    if (!cause.equals(Optional.of(SocketTrouble.WRONG_CHAIN))) {
      LOG.atError()
          .addKeyValue("socket", id)
          .log("it serves chain {} (expected: {}); it is not used until it does", told, expected);
    }
  }

  /** It ended, for this reason; the same again is no news. */
  void ended(SocketTrouble trouble) {
    boolean isNews = !isToldOf || !cause.equals(Optional.of(trouble));
    if (isNews && trouble != SocketTrouble.WRONG_CHAIN) {
      LOG.atWarn()
          .addKeyValue("socket", id)
          .log("it does not tell of new blocks: {}", trouble.label());
    }
    isToldOf = true;
    cause = Optional.of(trouble);
    publish();
  }

  void tells(boolean ofTheNewest) {
    tells = ofTheNewest;
    publish();
  }

  void hearsPending(boolean hears) {
    hearsPending = hears;
    publish();
  }

  void told() {
    notices++;
    noticeNanos = OptionalLong.of(ticker.nanos());
    publish();
  }

  void toldPending() {
    transactions++;
  }

  void ignored() {
    ignored++;
    publish();
  }

  // What is known.

  String id() {
    return id;
  }

  Optional<String> providerId() {
    return providerId;
  }

  SocketState state() {
    return state;
  }

  /** For how long it has been in this state. */
  long stateNanos() {
    return ticker.nanos() - sinceNanos;
  }

  boolean isIdentified() {
    return chainId.isPresent();
  }

  /** The chain that it told, or this one before it did. */
  long chainOr(long chain) {
    return chainId.orElse(chain);
  }

  /** The chain that it told. */
  long chain() {
    return chainId.orElseThrow();
  }

  boolean isOf(long chain) {
    return chainId.isPresent() && chainId.getAsLong() == chain;
  }

  /** Whether it has told of a block since it was opened. */
  boolean isOfUse() {
    return notices > noticesBefore;
  }

  boolean isTelling() {
    return tells;
  }

  SocketVitals vitals() {
    return vitals;
  }

  private void publish() {
    vitals = snapshot();
  }

  private SocketVitals snapshot() {
    return new SocketVitals(
        id,
        providerId,
        chainId,
        state,
        cause,
        sinceNanos,
        tells,
        hearsPending,
        opened,
        notices,
        transactions,
        ignored,
        noticeNanos);
  }
}
