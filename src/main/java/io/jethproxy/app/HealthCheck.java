package io.jethproxy.app;

import io.jethproxy.config.Config;
import io.jethproxy.config.ConfigLoader;
import java.io.IOException;
import java.io.InputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Asks the gateway on this machine whether it is alive: for containers, where there is no curl. The
 * answer is the exit code and one line.
 */
final class HealthCheck {

  /** For all of it, however little comes at a time. */
  private static final int PATIENCE_MILLIS = 3_000;

  private static final String ALIVE = "HTTP/1.1 200";

  private HealthCheck() {}

  static int run(Optional<Path> file, Shell shell) {
    return shell
        .complaining(ConfigLoader.loadListeners(shell.environment(), file))
        .map(config -> ask(config.server(), shell))
        .orElse(Main.USAGE);
  }

  private static int ask(Config.Server server, Shell shell) {
    if (server.port() == 0) {
      shell.errors().println("jeth-proxy: PORT: 0 (expected: the port that the gateway has)");
      return Main.USAGE;
    }
    try {
      InetSocketAddress address =
          new InetSocketAddress(reachable(InetAddress.getByName(server.host())), server.port());
      String answer = beginOfAnswer(address);
      if (answer.equals(ALIVE)) {
        shell.out().println("alive");
        return Main.OK;
      }
      shell.errors().println("jeth-proxy: " + told(answer) + " (expected: " + ALIVE + ")");
    } catch (IOException e) {
      shell
          .errors()
          .println("jeth-proxy: no answer on port " + server.port() + ": " + e.getMessage());
    }
    return Main.FAILURE;
  }

  /** Who listens everywhere is asked on loopback. */
  private static InetAddress reachable(InetAddress host) {
    if (!host.isAnyLocalAddress()) {
      return host;
    }
    return InetAddress.ofLiteral(host instanceof Inet6Address ? "::1" : "127.0.0.1");
  }

  private static String beginOfAnswer(InetSocketAddress address) throws IOException {
    long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    try (Socket socket = new Socket()) {
      socket.connect(address, PATIENCE_MILLIS);
      socket
          .getOutputStream()
          .write(
              "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(read(socket, endNanos), StandardCharsets.US_ASCII);
    }
  }

  private static byte[] read(Socket socket, long endNanos) throws IOException {
    InputStream in = socket.getInputStream();
    byte[] answer = new byte[ALIVE.length()];
    int length = 0;
    while (length < answer.length) {
      long left = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
      if (left <= 0) {
        throw new SocketTimeoutException("Read timed out");
      }
      socket.setSoTimeout((int) left);
      int more = in.read(answer, length, answer.length - length);
      if (more < 0) {
        break;
      }
      length += more;
    }
    return Arrays.copyOf(answer, length);
  }

  /** What came, when that is printable: anybody may listen there. */
  private static String told(String answer) {
    return answer.startsWith("HTTP/1.") ? answer.replaceAll("[^ -~]", "?") : "no HTTP";
  }
}
