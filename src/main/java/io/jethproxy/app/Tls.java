package io.jethproxy.app;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards providers: 1.2 or newer, certificates and host names checked, no way to turn that
 * off. Made when the first provider needs it, because it takes a tenth of a second.
 */
final class Tls implements Supplier<SslContext> {

  private @Nullable SslContext context;

  @Override
  public synchronized SslContext get() {
    SslContext made = context;
    if (made == null) {
      made = make();
      context = made;
    }
    return made;
  }

  private static SslContext make() {
    try {
      return SslContextBuilder.forClient()
          .protocols("TLSv1.3", "TLSv1.2")
          .endpointIdentificationAlgorithm("HTTPS")
          .build();
    } catch (SSLException e) {
      throw new IllegalStateException("TLS is not available in this JVM", e);
    }
  }
}
