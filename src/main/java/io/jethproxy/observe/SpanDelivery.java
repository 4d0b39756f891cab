package io.jethproxy.observe;

import io.opentelemetry.exporter.internal.FailedExportException.HttpExportException;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.HttpResponse;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what becomes of the spans that are given to the exporter, and tells its troubles in few
 * words: when they begin, each ten minutes while they last, and when they are over. What a
 * collector says is not repeated.
 */
final class SpanDelivery implements SpanExporter {

  private static final Logger LOG = LoggerFactory.getLogger(SpanDelivery.class);
  private static final long TELL_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(10);

  private final SpanExporter exporter;
  private final LongSupplier nanos;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();

  // Guarded by this.
  private boolean inTrouble;
  private long toldAtNanos;
  private long failedBefore;

  /**
   * @param nanos the time of the {@link io.jethproxy.call.Ticker}
   */
  SpanDelivery(SpanExporter exporter, LongSupplier nanos) {
    this.exporter = exporter;
    this.nanos = nanos;
  }

  long sent() {
    return sent.get();
  }

  long failed() {
    return failed.get();
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    int size = spans.size(); // the batch is emptied when it is done
    CompletableResultCode result = exporter.export(spans);
    return result.whenComplete(() -> {
      if (result.isSuccess()) {
        sent.addAndGet(size);
        recovered();
      } else {
        failing(failed.getAndAdd(size), result.getFailureThrowable());
      }
    });
  }

  private synchronized void failing(long before, @Nullable Throwable failure) {
    long now = nanos.getAsLong();
    if (inTrouble && now - toldAtNanos < TELL_AGAIN_NANOS) {
      return;
    }
    if (!inTrouble) {
      failedBefore = before;
    }
    inTrouble = true;
    toldAtNanos = now;
    LOG.atWarn().addKeyValue("cause", cause(failure)).log("spans cannot be sent, and are lost");
  }

  private synchronized void recovered() {
    if (inTrouble) {
      inTrouble = false;
      LOG.info("spans can be sent again; {} are lost", failed.get() - failedBefore);
    }
  }

  /** The status, or what kind of exception it was; without texts, which may repeat anything. */
  private static String cause(@Nullable Throwable failure) {
    if (failure == null) {
      return "unknown";
    }
    if (failure instanceof HttpExportException http) {
      HttpResponse response = http.getResponse();
      if (response != null) {
        return "HTTP " + response.getStatusCode();
      }
    }
    Throwable root = failure;
    for (int depth = 0; root.getCause() != null && depth < 16; depth++) {
      root = root.getCause();
    }
    return root.getClass().getSimpleName();
  }

  @Override
  public CompletableResultCode flush() {
    return exporter.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    return exporter.shutdown();
  }
}
