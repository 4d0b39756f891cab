package io.jethproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Audience;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Line;
import io.jethproxy.call.Moment;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.TraceContext;
import io.jethproxy.call.Trouble;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.Network;
import io.jethproxy.observe.Observer;
import io.jethproxy.observe.Tracing;
import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.Incoming;
import io.jethproxy.rpc.Limits;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Request;
import io.jethproxy.rpc.Wire;
import io.jethproxy.testing.FakeTicker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What clients get when something fails that nobody foresaw. */
class CallsTest {

  private static final Network MAINNET = new Network(1, "mainnet", List.of(), 12_000, Set.of());
  private static final Outcome ANSWER = new Outcome.Answer(RawJson.of("\"0x1\""), "a", true);
  private static final Outcome REVERT = new Outcome.Rejected(new Fault(3, "reverted"), "a");

  /** No call ends so; nothing can render it. */
  private static final Outcome NO_OUTCOME = new Outcome.Unserved(Trouble.TIMEOUT, "a");

  private static final UnaryOperator<Fault> TELL_ALL = UnaryOperator.identity();

  private final FakeTicker ticker = new FakeTicker();
  private final List<Outcome> told = new ArrayList<>();
  private final List<HttpAnswer> answers = new ArrayList<>();

  private Calls calls(Handler pipeline, Observer observer, UnaryOperator<Fault> discretion) {
    return new Calls(
        pipeline,
        Methods.load(),
        ticker,
        new Calls.Config(Duration.ofSeconds(10), Duration.ofSeconds(60)),
        observer,
        Tracing.OFF,
        discretion);
  }

  private static Handler ending(Outcome outcome) {
    return call -> CompletableFuture.completedFuture(outcome);
  }

  private static Request request() {
    return new Request(RawJson.of("7"), "eth_gasPrice", RawJson.ABSENT);
  }

  private record Somebody(Abandonment abandonment, ByteBudget unsent, Audience audience)
      implements Asker {}

  private static Asker asker(ByteBudget unsent) {
    return new Somebody(new Abandonment(), unsent, Audience.NONE);
  }

  private void start(Calls calls) {
    calls.start(
        MAINNET,
        request(),
        new Abandonment(),
        Audience.NONE,
        new Moment(),
        TraceContext.NONE,
        (call, outcome) -> told.add(outcome));
  }

  @Test
  void answersAlthoughAnObserverFails() {
    Observer failing =
        concluded -> {
          throw new AssertionError("a defect");
        };
    Calls calls = calls(ending(ANSWER), failing, TELL_ALL);

    start(calls);

    assertThat(told).containsExactly(ANSWER);
    assertThat(calls.open()).isZero();
  }

  @Test
  void tellsEachObserverWhateverAnotherThrows() {
    List<String> seen = new ArrayList<>();
    Observer failing =
        concluded -> {
          throw new StackOverflowError("a defect");
        };
    Observer both = Observer.all(List.of(failing, concluded -> seen.add(concluded.requestId())));

    start(calls(ending(ANSWER), both, TELL_ALL));

    assertThat(seen).hasSize(1);
  }

  @Test
  void answersWithAnInternalErrorWhenAStageFails() {
    Handler failing =
        call -> {
          throw new ExceptionInInitializerError("a defect");
        };

    start(calls(failing, concluded -> {}, TELL_ALL));

    assertThat(told).singleElement().satisfies(CallsTest::isInternal);
  }

  @Test
  void saysNothingOfAProvidersErrorThatCannotBeMadeDiscreet() {
    UnaryOperator<Fault> failing =
        fault -> {
          throw new StackOverflowError("a defect");
        };

    start(calls(ending(REVERT), concluded -> {}, failing));

    assertThat(told).singleElement().satisfies(CallsTest::isInternal);
  }

  @Test
  void answersWithAnInternalErrorWhenAnOutcomeCannotBeRendered() {
    calls(ending(NO_OUTCOME), concluded -> {}, TELL_ALL)
        .start(
            MAINNET,
            request(),
            new Abandonment(),
            Audience.NONE,
            new Moment(),
            TraceContext.NONE,
            (call, outcome) -> answers.add(Render.of(call, outcome).toAnswer()));

    HttpAnswer answer = answers.getFirst();
    assertThat(answer.status()).isEqualTo(500);
    assertThat(text(answer)).startsWith("{\"jsonrpc\":\"2.0\",\"id\":7,").contains("requestId");
  }

  @Test
  void answersEachItemOfABatchOfWhichOneCannotBeRendered() {
    Handler mixed =
        call ->
            CompletableFuture.completedFuture(call.request().id().is("2") ? NO_OUTCOME : ANSWER);

    batch(mixed, "1", "2", "3");

    HttpAnswer answer = answers.getFirst();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(text(answer))
        .startsWith("[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x1\"},")
        .contains("{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":-32603,")
        .endsWith(",{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":\"0x1\"}]");
  }

  @Test
  void answersAllItemsOfABatchFromOneMomentAndEachBatchFromItsOwn() {
    AtomicLong now = new AtomicLong();
    Handler clock =
        call -> {
          long fixed = call.moment().fix(Long.class, now::incrementAndGet);
          return CompletableFuture.completedFuture(
              new Outcome.Answer(RawJson.of(Long.toString(fixed)), "a", true));
        };

    batch(clock, "1", "2");
    batch(clock, "3", "4");

    assertThat(text(answers.get(0))).contains("\"id\":1,\"result\":1}", "\"id\":2,\"result\":1}");
    assertThat(text(answers.get(1))).contains("\"id\":3,\"result\":2}", "\"id\":4,\"result\":2}");
  }

  @Test
  void answersABatchWhoseLastItemCannotBeRendered() {
    Handler mixed =
        call ->
            CompletableFuture.completedFuture(call.request().id().is("2") ? NO_OUTCOME : ANSWER);

    batch(mixed, "1", "2");

    assertThat(answers).hasSize(1);
    assertThat(text(answers.getFirst())).contains("\"id\":2,\"error\":{\"code\":-32603,");
  }

  @Test
  void answersWithErrorsWhatIsBeyond128MebibytesInAll() {
    byte[] huge = new byte[50 << 20];
    java.util.Arrays.fill(huge, (byte) '0');
    RawJson result = new RawJson(huge, 0, huge.length);

    batch(Long.MAX_VALUE, ending(new Outcome.Answer(result, "a", true)), "1", "2", "3", "4");

    Payload payload = answers.getFirst().payload();
    assertThat(payload.length()).isBetween(100 << 20, (100 << 20) + 2_000);
    assertThat(payload.parts()).filteredOn(part -> part.equals(result)).hasSize(2);
    assertThat(tail(payload))
        .contains("\"id\":3,\"error\":{\"code\":-32012,")
        .contains("\"reason\":\"response_too_large\"")
        .contains("\"id\":4,\"error\":{\"code\":-32012,");
  }

  @Test
  void answersWithErrorsWhatAllBatchesTogetherMayNotHold() {
    RawJson result = new RawJson(new byte[40_000], 0, 40_000);

    batch(100_000, ending(new Outcome.Answer(result, "a", true)), "1", "2");

    assertThat(tail(answers.getFirst().payload()))
        .contains("\"id\":2,\"error\":{\"code\":-32005,")
        .contains("\"reason\":\"overload\"");
  }

  /** The small parts at the end, as text. */
  private static String tail(Payload payload) {
    StringBuilder text = new StringBuilder();
    for (RawJson part : payload.parts()) {
      if (part.length() < 10_000) {
        text.append(part.text());
      }
    }
    return text.toString();
  }

  @Test
  void refusesAlthoughTheRefusalCannotBeCounted() {
    Declined declined =
        new Declined(
            () -> "a-1",
            kind -> {
              throw new AssertionError("a defect");
            });

    assertThat(text(declined.http(404, "nowhere"))).contains("\"requestId\":\"a-1\"");
    assertThat(text(declined.defect(new AssertionError("a defect")).toAnswer())).contains("-32603");
  }

  @Test
  void callsOfABatchHaveItsAudience() {
    Handler heard =
        call -> {
          call.audience().whenAnswered(() -> {});
          return CompletableFuture.completedFuture(ANSWER);
        };
    List<Runnable> afterwards = new ArrayList<>();
    Audience audience =
        new Audience() {
          @Override
          public Optional<Line> line() {
            return Optional.empty();
          }

          @Override
          public void whenAnswered(Runnable action) {
            assertThat(answers).isEmpty();
            afterwards.add(action);
          }
        };
    byte[] piece =
        ("[" + "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_gasPrice\"},".repeat(2) + "7]")
            .getBytes(StandardCharsets.UTF_8);
    Calls calls = calls(heard, concluded -> {}, TELL_ALL);
    ByteBudget unsent = new ByteBudget(1 << 20, new AtomicLong(), () -> false);

    int made =
        new JsonRpc(calls, new Declined(calls::nextRequestId, kind -> {}), Limits.DEFAULTS)
            .answer(
                piece,
                MAINNET,
                new Somebody(new Abandonment(), unsent, audience),
                answer -> answers.add(answer.toAnswer()));

    assertThat(made).isEqualTo(3);
    assertThat(answers).hasSize(1);
    assertThat(afterwards).hasSize(2);
  }

  private void batch(Handler pipeline, String... ids) {
    batch(1 << 20, pipeline, ids);
  }

  private void batch(long unsentBytesMax, Handler pipeline, String... ids) {
    StringBuilder body = new StringBuilder("[");
    for (String id : ids) {
      body.append(body.length() > 1 ? "," : "")
          .append("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"eth_gasPrice\"}");
    }
    byte[] bytes = body.append(']').toString().getBytes(StandardCharsets.UTF_8);
    Calls calls = calls(pipeline, concluded -> {}, TELL_ALL);
    var items = ((Incoming.Many) Wire.read(bytes, 0, bytes.length, Limits.DEFAULTS)).items();
    AtomicLong taken = new AtomicLong();
    Batch.run(
        items,
        MAINNET,
        calls,
        new Declined(calls::nextRequestId, kind -> {}),
        asker(new ByteBudget(unsentBytesMax, taken, () -> false)),
        answer -> answers.add(answer.toAnswer()));
    assertThat(taken).hasValue(0);
  }

  private static void isInternal(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(((Outcome.Refused) outcome).refusal().kind()).isEqualTo(Refusal.Kind.INTERNAL);
  }

  private static String text(HttpAnswer answer) {
    ByteBuf out = Unpooled.buffer();
    new Payload.Rest(answer.payload()).writeTo(out, answer.payload().length());
    return out.toString(StandardCharsets.UTF_8);
  }
}
