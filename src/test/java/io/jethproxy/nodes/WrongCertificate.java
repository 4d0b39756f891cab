package io.jethproxy.nodes;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** A TLS server whose certificate is its own and for another name. Ends with {@link #close}. */
final class WrongCertificate implements AutoCloseable {

  private static final String PASSWORD = "changeit";

  private final SSLServerSocket listener;

  private WrongCertificate(SSLServerSocket listener) {
    this.listener = listener;
    Thread.ofVirtual().name("wrong-certificate").start(this::accept);
  }

  /**
   * Starts it.
   *
   * @param directory for its key
   */
  static WrongCertificate start(Path directory)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path store = directory.resolve("other.example.p12");
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
    command.addAll(List.of("-genkeypair", "-alias", "key", "-keyalg", "EC"));
    command.addAll(List.of("-dname", "CN=other.example", "-ext", "san=dns:other.example"));
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
    command.addAll(List.of("-keystore", store.toString()));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    keytool.getInputStream().readAllBytes();
    if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
      throw new IOException("keytool failed");
    }
    return new WrongCertificate(listen(store));
  }

  private static SSLServerSocket listen(Path store) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return (SSLServerSocket)
        context
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
  }

  int port() {
    return listener.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  private void accept() {
    while (!listener.isClosed()) {
      greet();
    }
  }

  private void greet() {
    try (Socket socket = listener.accept()) {
      socket.setSoTimeout(5_000);
      socket.getInputStream().read();
    } catch (IOException e) {
      return; // the other side does not want us, as it should not
    }
  }
}
