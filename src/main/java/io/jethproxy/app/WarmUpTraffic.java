package io.jethproxy.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Requests of every kind to a gateway, over real sockets, for a second or two. */
final class WarmUpTraffic {

  private static final long READY_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);
  private static final long TRAFFIC_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);
  private static final int CLIENTS = 4;
  private static final int TIMEOUT_MILLIS = 5_000;

  private static final List<String> CALLS =
      List.of(
          call("eth_blockNumber", "[]"),
          call("eth_chainId", "[]"),
          call("eth_getBlockByNumber", "[\"latest\",true]"),
          call("eth_getBlockReceipts", "[\"0x10\"]"),
          call("eth_getLogs", "[{\"fromBlock\":\"0x1\",\"toBlock\":\"latest\"}]"),
          call("eth_getBalance", "[\"0x" + "0".repeat(40) + "\",\"latest\"]"),
          call("eth_call", "[{\"to\":\"0x" + "0".repeat(40) + "\"},\"latest\"]"),
          call("eth_getTransactionByHash", "[\"0x" + "0".repeat(64) + "\"]"),
          call("eth_sendRawTransaction", "[\"0x00\"]"),
          call("eth_noSuchMethod", "[]"),
          call("eth_getBalance", "[]"),
          "[" + call("eth_blockNumber", "[]") + "," + call("eth_gasPrice", "[]") + ",1]",
          "{\"jsonrpc\":\"2.0\",\"method\":\"eth_blockNumber\"}",
          "not JSON");

  private final URI rpc;
  private final URI management;

  WarmUpTraffic(Gateway gateway) {
    rpc = local(gateway.port());
    management = local(gateway.managementPort());
  }

  /** Fails when nothing is served: what is kept of such a run would be of little use. */
  void run() throws InterruptedException {
    long readyBy = System.nanoTime() + READY_NANOS_MAX;
    while (get(rpc.resolve("/ready"), "") != 200) {
      if (System.nanoTime() - readyBy > 0) {
        throw new IllegalStateException("the gateway is not ready after 10 s");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    long until = System.nanoTime() + TRAFFIC_NANOS;
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      String encoding = i == 0 ? "gzip" : "identity";
      clients.add(Thread.startVirtualThread(() -> send(until, encoding)));
    }
    for (Thread client : clients) {
      client.join();
    }
  }

  private void send(long until, String encoding) {
    while (System.nanoTime() - until < 0) {
      for (String body : CALLS) {
        post(body, encoding);
      }
      get(management.resolve("/metrics"), encoding);
      get(management.resolve("/status"), encoding);
      get(rpc.resolve("/health"), encoding);
    }
  }

  private void post(String body, String encoding) {
    exchange(rpc.resolve("/"), encoding, body.getBytes(StandardCharsets.UTF_8));
  }

  private static int get(URI uri, String encoding) {
    return exchange(uri, encoding, new byte[0]);
  }

  /** The status of the answer; its body is read and dropped. */
  private static int exchange(URI uri, String encoding, byte[] body) {
    try {
      HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      connection.setRequestProperty("Accept-Encoding", encoding);
      if (body.length > 0) {
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/json");
        connection.getOutputStream().write(body);
      }
      int status = connection.getResponseCode();
      try (InputStream in =
          status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
        if (in != null) {
          in.transferTo(java.io.OutputStream.nullOutputStream());
        }
      }
      return status;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String call(String method, String params) {
    return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\",\"params\":" + params + "}";
  }

  private static URI local(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }
}
