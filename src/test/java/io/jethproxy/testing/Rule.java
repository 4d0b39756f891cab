package io.jethproxy.testing;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One line of a {@link FakeProvider}'s script: which requests, how often, and then what. Begins
 * with {@link FakeProvider#on}, takes effect with the method that says what happens, which gives
 * the provider back. Rules are asked in the order in which they came; a rule that is used up lets
 * the request through to the next; after the last, the world answers.
 */
public final class Rule {

  private final FakeProvider provider;
  private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);
  private Predicate<Asked> matches;
  private Duration delay = Duration.ZERO;
  private Optional<String> member = Optional.empty();
  private Optional<Function<Asked, String>> answers = Optional.empty();
  private Shape shape = Shape.PROPER;
  private Optional<Delivery> delivery = Optional.empty();
  private boolean holds;
  private boolean resetsOnAccept;
  private long hugeBytes;

  Rule(FakeProvider provider, Predicate<Asked> matches) {
    this.provider = provider;
    this.matches = matches;
  }

  // Which requests.

  /** Only the first {@code n} matching requests. */
  public Rule times(int n) {
    left.set(n);
    return this;
  }

  /** Only requests that also satisfy this. */
  public Rule when(Predicate<Asked> also) {
    matches = matches.and(also);
    return this;
  }

  /** Only from the second request of a connection on. */
  public Rule onReuse() {
    return when(asked -> asked.onConnection() > 1);
  }

  // Before and beneath what follows.

  /** Waits in real time before whatever follows. */
  public Rule after(Duration delay) {
    this.delay = delay;
    return this;
  }

  /** What is delivered by whatever follows, instead of the world's answer. */
  public Rule withResult(String json) {
    member = Optional.of("\"result\":" + json);
    return this;
  }

  /** What is delivered by whatever follows; {@code data} is raw JSON, empty for none. */
  public Rule withError(int code, String message, String data) {
    String quoted = RpcText.JSON.writeValueAsString(message);
    String tail = data.isEmpty() ? "" : ",\"data\":" + data;
    member = Optional.of("\"error\":{\"code\":" + code + ",\"message\":" + quoted + tail + "}");
    return this;
  }

  // Good answers.

  /** Answers properly: what was given with {@link #withResult}, else as the world does. */
  public FakeProvider properly() {
    return added();
  }

  /** Answers with the member {@code "result":…} or {@code "error":…} that this makes. */
  public FakeProvider answerWith(Function<Asked, String> member) {
    answers = Optional.of(member);
    return added();
  }

  public FakeProvider delay(Duration delay) {
    return after(delay).properly();
  }

  public FakeProvider answer(String resultJson) {
    return withResult(resultJson).properly();
  }

  public FakeProvider error(int code, String message) {
    return withError(code, message, "").properly();
  }

  /** An error with {@code data}, raw JSON. */
  public FakeProvider error(int code, String message, String data) {
    return withError(code, message, data).properly();
  }

  public FakeProvider chunked() {
    return by(Delivery.CHUNKED);
  }

  /** A well-made gzip body, asked for or not. */
  public FakeProvider gzip() {
    return by(Delivery.GZIP);
  }

  /** Never answers until {@link FakeProvider#release}. */
  public FakeProvider hold() {
    holds = true;
    return added();
  }

  /** Never answers until the latch is open. */
  public FakeProvider hold(CountDownLatch released) {
    return by(Delivery.heldWhile(() -> released.getCount() > 0));
  }

  // HTTP answers without JSON-RPC.

  /** Any status with any body; headers as {@code "Retry-After: 5"}. */
  public FakeProvider status(int status, String body, String... headers) {
    return by(Delivery.status(status, body, headers));
  }

  public FakeProvider html() {
    return status(
        200,
        "<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>",
        "Content-Type: text/html; charset=utf-8");
  }

  public FakeProvider plainText(String text) {
    return status(200, text, "Content-Type: text/plain");
  }

  public FakeProvider emptyBody() {
    return status(200, "");
  }

  public FakeProvider redirect(int status, URI to) {
    return status(status, "", "Location: " + to);
  }

  // Broken JSON-RPC.

  public FakeProvider wrongId() {
    return shaped(Shape.WRONG_ID);
  }

  public FakeProvider missingId() {
    return shaped(Shape.MISSING_ID);
  }

  public FakeProvider nullId() {
    return shaped(Shape.NULL_ID);
  }

  /** The id as a string if it was a number, as a number if it was a string. */
  public FakeProvider stringId() {
    return shaped(Shape.STRING_ID);
  }

  public FakeProvider bothResultAndError() {
    return shaped(Shape.BOTH);
  }

  public FakeProvider neitherResultNorError() {
    return shaped(Shape.NEITHER);
  }

  public FakeProvider withoutVersion() {
    return shaped(Shape.NO_VERSION);
  }

  public FakeProvider oldVersion() {
    return shaped(Shape.OLD_VERSION);
  }

  public FakeProvider twoDocuments() {
    return shaped(Shape.TWO_DOCUMENTS);
  }

  public FakeProvider trailingComma() {
    return shaped(Shape.TRAILING_COMMA);
  }

  public FakeProvider truncatedJson() {
    return shaped(Shape.TRUNCATED);
  }

  public FakeProvider byteOrderMark() {
    return shaped(Shape.BYTE_ORDER_MARK);
  }

  // Broken HTTP.

  /** All headers at once, then one byte of the body per interval. */
  public FakeProvider drip(Duration interval) {
    return by(Delivery.drip(interval));
  }

  /** Closes after so many bytes of head and body. */
  public FakeProvider cutAfter(int bytes) {
    return by(Delivery.cutAfter(bytes));
  }

  /** Resets after so many bytes of head and body. */
  public FakeProvider resetAfter(int bytes) {
    return by(Delivery.resetAfter(bytes));
  }

  /** Resets connections as they are accepted; only for rules of {@link FakeProvider#always}. */
  public FakeProvider rstOnAccept() {
    resetsOnAccept = true;
    return added();
  }

  public FakeProvider rstAfterRequest() {
    return by(Delivery.RESET);
  }

  public FakeProvider closeAfterRequest() {
    return by(Delivery.CLOSE);
  }

  public FakeProvider halfCloseAfterHeaders() {
    return by(Delivery.HALF_CLOSE_AFTER_HEADERS);
  }

  /** Content-Length is 100 bytes more than come; then closes. */
  public FakeProvider longerContentLength() {
    return by(Delivery.LONGER_CONTENT_LENGTH);
  }

  /** Content-Length is half of what comes; stays open. */
  public FakeProvider shorterContentLength() {
    return by(Delivery.SHORTER_CONTENT_LENGTH);
  }

  /** Any Content-Length at all with the true body; stays open. */
  public FakeProvider claimedContentLength(String length) {
    return by(Delivery.claimedLength(length));
  }

  public FakeProvider duplicateContentLength() {
    return by(Delivery.DUPLICATE_CONTENT_LENGTH);
  }

  public FakeProvider contentLengthAndChunked() {
    return by(Delivery.CONTENT_LENGTH_AND_CHUNKED);
  }

  public FakeProvider badChunkSize() {
    return by(Delivery.BAD_CHUNK_SIZE);
  }

  public FakeProvider missingLastChunk() {
    return by(Delivery.MISSING_LAST_CHUNK);
  }

  public FakeProvider gzipHeaderOnPlainBody() {
    return by(Delivery.GZIP_HEADER_ON_PLAIN_BODY);
  }

  /** So many 103 responses before the answer. */
  public FakeProvider informationFlood(int count) {
    return by(Delivery.informationFlood(count));
  }

  /** A valid answer of {@code bytes} bytes, streamed. */
  public FakeProvider hugeAnswer(long bytes) {
    hugeBytes = bytes;
    return added();
  }

  public FakeProvider endlessHeaders() {
    return by(Delivery.ENDLESS_HEADERS);
  }

  private FakeProvider shaped(Shape shape) {
    this.shape = shape;
    return added();
  }

  private FakeProvider by(Delivery delivery) {
    this.delivery = Optional.of(delivery);
    return added();
  }

  private FakeProvider added() {
    return provider.add(this);
  }

  // For the provider.

  boolean isForAccept() {
    return resetsOnAccept;
  }

  /** Takes this rule for a request, if it matches and is not used up. */
  boolean takes(Asked asked) {
    return !resetsOnAccept && matches.test(asked) && spend();
  }

  boolean spend() {
    return left.getAndUpdate(n -> n > 0 ? n - 1 : 0) > 0;
  }

  Duration delay() {
    return delay;
  }

  String json(Asked asked, String worldsMember) {
    String made = answers.map(each -> each.apply(asked)).orElse(worldsMember);
    return asked.answer(shape, member.orElse(made));
  }

  /** How it goes onto the wire; empty for the good way. */
  Optional<Delivery> delivery(Asked asked) {
    if (holds) {
      return Optional.of(provider.held(asked));
    }
    return hugeBytes > 0 ? Optional.of(Delivery.huge(asked.id(), hugeBytes)) : delivery;
  }
}
