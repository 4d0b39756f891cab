package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.LoadReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Row T10: what can be wrong with a provider's TLS. No byte of a request may be sent then. */
class FaultTlsTest {

  private static final String PASSWORD = "changeit";
  private static final String TRUST = "javax.net.ssl.trustStore";

  @TempDir static Path directory;

  private static final Map<String, SSLContext> SERVERS = new HashMap<>();

  /** Makes certificates with the JDK's tool, all but one trusted. */
  @BeforeAll
  static void makeCertificates() throws Exception {
    Map<String, List<String>> wanted =
        Map.of(
            "good", List.of("-ext", "san=ip:127.0.0.1"),
            "for another host", List.of("-ext", "san=dns:other.example"),
            "of a stranger", List.of("-ext", "san=ip:127.0.0.1"));
    Map<String, Process> tools = new HashMap<>();
    for (var entry : wanted.entrySet()) {
      tools.put(entry.getKey(), keytool(entry.getKey(), entry.getValue()));
    }
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    for (var entry : tools.entrySet()) {
      assertThat(entry.getValue().waitFor()).isZero();
      KeyStore store = KeyStore.getInstance(file(entry.getKey()).toFile(), PASSWORD.toCharArray());
      SERVERS.put(entry.getKey(), serverOf(store));
      if (!entry.getKey().equals("of a stranger")) {
        trusted.setCertificateEntry(entry.getKey(), store.getCertificate("key"));
      }
    }
    Path trust = directory.resolve("trusted.p12");
    try (OutputStream out = Files.newOutputStream(trust)) {
      trusted.store(out, PASSWORD.toCharArray());
    }
    System.setProperty(TRUST, trust.toString());
    System.setProperty(TRUST + "Password", PASSWORD);
  }

  @AfterAll
  static void forgetTrust() {
    System.clearProperty(TRUST);
    System.clearProperty(TRUST + "Password");
  }

  private static Path file(String name) {
    return directory.resolve(name.replace(' ', '-') + ".p12");
  }

  private static Process keytool(String name, List<String> options) throws IOException {
    ProcessBuilder tool =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-J-XX:TieredStopAtLevel=1",
            "-genkeypair",
            "-alias",
            "key",
            "-keyalg",
            "EC",
            "-dname",
            "CN=" + name,
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD,
            "-keystore",
            file(name).toString());
    tool.command().addAll(options);
    return tool.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static SSLContext serverOf(KeyStore store) throws GeneralSecurityException {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  @Test
  void speaksTlsToAProviderWhoseCertificateIsRight() throws Exception {
    try (FaultBed bed = bed(1)) {
      assertThat(bed.balance().text()).contains(FaultBed.BALANCE);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "for another host, tls",
    "of a stranger, tls",
    "none, tls",
    "stalled, connect_timeout",
    "hung up, connection_broken",
    "reset, connection_broken",
  })
  void sendsNothingToAProviderWhoseCertificateIs(String bad, String cause) throws Exception {
    try (FaultBed bed = bed(3)) {
      AtomicLong before = new AtomicLong();
      LoadReport report =
          bed.load(
              60,
              1,
              15,
              () -> {
                relay.become(bad);
                before.set(relay.requestBytes.get());
              });

      bed.assertClean(report);
      bed.gateway.await(() -> bed.state(1).equals("ejected"), "u1 is out");
      // That one says nothing may be seen before the time to connect is over.
      assertThat(bed.cause(1))
          .isIn(bad.equals("stalled") ? Set.of(cause, "timeout") : Set.of(cause));
      assertThat(relay.requestBytes.get()).isEqualTo(before.get());
    }
  }

  @Test
  void survivesConnectionsThatEndWithoutCloseNotify() throws Exception {
    try (FaultBed bed = bed(1)) {
      bed.u(1).closeEvery(3);

      for (int i = 0; i < 20; i++) {
        assertThat(bed.balance().text()).contains(FaultBed.BALANCE);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"for another host, tls", "of a stranger, tls", "none, tls"})
  void opensNoSocketToAProviderWhoseCertificateIs(String bad, String cause) throws Exception {
    try (FaultBed bed = bed(1)) {
      bed.gateway.await(() -> bed.gateway.status().contains("\"live\""), "a socket over TLS");
      relay.become(bad);
      long before = relay.requestBytes.get();

      bed.gateway.await(
          () -> bed.gateway.status().contains("\"cause\":\"" + cause + "\",\"stateMillis"), cause);
      assertThat(relay.requestBytes.get()).isEqualTo(before);
    }
  }

  private Relay relay;

  private FaultBed bed(int providers) throws IOException {
    FaultBed.Builder builder = FaultBed.builder(providers).set("TIMEOUT_SECONDS", "2");
    relay = new Relay(builder.port(1));
    builder.set("RPC_PROVIDERS_WS", "wss://127.0.0.1:" + relay.port());
    return builder.url(1, "https://127.0.0.1:" + relay.port()).owning(relay).start().awaitAll();
  }

  /** Takes TLS off and passes the rest on, as long as it is in order. */
  private static final class Relay implements AutoCloseable {
    private final ServerSocket listener =
        new ServerSocket(0, 200, InetAddress.ofLiteral("127.0.0.1"));
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final int behind;
    final AtomicLong requestBytes = new AtomicLong();
    private volatile String mode = "good";

    Relay(int behind) throws IOException {
      this.behind = behind;
      Thread.ofVirtual().start(this::accept);
    }

    int port() {
      return listener.getLocalPort();
    }

    /** The name of a certificate; {@code none} speaks no TLS; {@code stalled} says nothing. */
    void become(String next) {
      mode = next;
      open.forEach(Relay::hangUp);
    }

    private void accept() {
      while (!listener.isClosed()) {
        try {
          Socket socket = listener.accept();
          open.add(socket);
          Thread.ofVirtual().start(() -> serve(socket));
        } catch (IOException e) {
          return; // closed
        }
      }
    }

    private void serve(Socket socket) {
      try (socket) {
        switch (mode) {
          case "stalled" -> socket.getInputStream().readAllBytes();
          case "hung up" -> socket.getInputStream().read();
          case "reset" -> {
            socket.getInputStream().read();
            socket.setSoLinger(true, 0);
          }
          case "none" ->
              socket
                  .getOutputStream()
                  .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          default -> relay(socket);
        }
      } catch (IOException e) {
        hangUp(socket); // how it ends is the client's business
      } finally {
        open.remove(socket);
      }
    }

    private void relay(Socket socket) throws IOException {
      SSLSocket tls =
          (SSLSocket)
              SERVERS
                  .get(mode)
                  .getSocketFactory()
                  .createSocket(socket, "127.0.0.1", socket.getPort(), true);
      tls.setUseClientMode(false);
      tls.startHandshake();
      try (Socket provider = new Socket(InetAddress.ofLiteral("127.0.0.1"), behind)) {
        open.add(provider);
        Thread.ofVirtual()
            .start(() -> {
              copy(provider, tls, new AtomicLong());
              hangUp(socket); // below TLS, so without close_notify
            });
        copy(tls, provider, requestBytes);
        open.remove(provider);
      }
    }

    private static void copy(Socket from, Socket to, AtomicLong count) {
      byte[] buffer = new byte[8192];
      try {
        InputStream in = from.getInputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          count.addAndGet(n);
          to.getOutputStream().write(buffer, 0, n);
        }
      } catch (IOException e) {
        Arrays.fill(buffer, (byte) 0); // one side hung up, which ends the copy
      }
    }

    private static void hangUp(Socket socket) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      listener.close();
      open.forEach(Relay::hangUp);
    }
  }
}
