package io.jethproxy.consistency;

import io.jethproxy.testing.HttpMessage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * A loopback port where JSON is posted and answered, one request of a connection after the other,
 * each connection by a handler of its own. Ends with {@link #close}.
 */
final class PostServer implements AutoCloseable {

  private static final int BYTES_MAX = 4 << 20;

  /** Answers the requests of one connection; an exception resets the connection. */
  interface Handler extends AutoCloseable {

    PostClient.Posted answer(String body) throws IOException;

    @Override
    void close() throws IOException;
  }

  private final ServerSocket listener;
  private final Supplier<Handler> handlers;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  PostServer(Supplier<Handler> handlers) {
    this.handlers = handlers;
    try {
      listener = new ServerSocket(0, 1_024, InetAddress.ofLiteral("127.0.0.1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name("post-server").start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        open.add(client);
        Thread.ofVirtual().name("post-connection").start(() -> serve(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        Handler handler = handlers.get()) {
      client.setTcpNoDelay(true);
      answerAll(client, handler);
    } catch (IOException e) {
      return; // either side is gone, and the other sees its connection closed
    } finally {
      open.remove(client);
    }
  }

  private static void answerAll(Socket client, Handler handler) throws IOException {
    BufferedInputStream in = new BufferedInputStream(client.getInputStream(), 1 << 16);
    Optional<HttpMessage> request = HttpMessage.readRequest(in, BYTES_MAX);
    while (request.isPresent()) {
      try {
        PostClient.Posted answer = handler.answer(request.get().text());
        String status = "HTTP/1.1 " + answer.status() + " X";
        byte[] body = answer.text().getBytes(StandardCharsets.UTF_8);
        client.getOutputStream().write(PostClient.message(status, body));
      } catch (IOException e) {
        client.setSoLinger(true, 0); // a reset, as of a process that is gone
        throw e;
      }
      request = HttpMessage.readRequest(in, BYTES_MAX);
    }
  }
}
