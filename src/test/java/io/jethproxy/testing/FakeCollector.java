package io.jethproxy.testing;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An OTLP collector on a real socket that takes spans as protobuf over HTTP, and can misbehave as a
 * {@link FakeLoki} does. Ends with {@link #close}.
 */
public final class FakeCollector implements AutoCloseable {

  private final FakeLoki server = FakeLoki.start();

  private FakeCollector() {
    server.behave(FakeLoki.status("200 OK"));
  }

  public static FakeCollector start() {
    return new FakeCollector();
  }

  /** What {@code OTEL_EXPORTER_OTLP_ENDPOINT} is set to. */
  public String url() {
    return server.url();
  }

  public int port() {
    return server.port();
  }

  public void behave(FakeLoki.Manner manner) {
    server.behave(manner);
  }

  /** All requests so far, whatever became of them. */
  public List<FakeLoki.Push> pushes() {
    return server.pushes();
  }

  /** All spans that came, whatever became of them. */
  public List<OtlpSpan> spans() {
    return pushes().stream().flatMap(push -> OtlpSpan.read(push.body()).stream()).toList();
  }

  /** Waits for so many spans and gives all. */
  public List<OtlpSpan> awaitSpans(int n) {
    FakeLoki.await(n + " spans", () -> spans().size() >= n);
    return spans();
  }

  /** All that came, as text in which secrets can be looked for. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (FakeLoki.Push push : pushes()) {
      text.append(new String(push.body(), StandardCharsets.ISO_8859_1)).append('\n');
    }
    return text.toString();
  }

  @Override
  public void close() {
    server.close();
  }
}
