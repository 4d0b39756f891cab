package io.jethproxy.testing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * One connection of a {@link FakeProvider}: one thread reads and records requests, so that a client
 * that hangs up is noticed at once, another answers them in order. At most 1,024 requests wait.
 */
final class ProviderConnection {

  private static final int BODY_BYTES_MAX = 32 << 20;

  private static final Duration LEAVING = Duration.ofSeconds(10);

  /** What one HTTP request asked; no items at the end of the connection. */
  private record Post(boolean batch, List<Asked> items) {}

  private static final Post END = new Post(false, List.of());

  private final FakeProvider provider;
  private final Socket socket;
  private final int number;
  private final Wire wire;
  private final BlockingQueue<Post> waiting = new ArrayBlockingQueue<>(1_024);

  /** Requests that were read and are not answered. */
  private final AtomicInteger unanswered = new AtomicInteger();

  private volatile @Nullable HeardStream heard;
  private volatile boolean isOver;

  ProviderConnection(FakeProvider provider, Socket socket, int number) {
    this.provider = provider;
    this.socket = socket;
    this.number = number;
    this.wire = new Wire(socket, provider.frost());
  }

  void start() {
    Thread reader = Thread.ofVirtual().name("provider-read-" + number).start(this::readAll);
    Thread.ofVirtual().name("provider-answer-" + number).start(() -> answerAll(reader));
  }

  void reset() {
    wire.reset();
  }

  /** Whether it has heard all that was said and answered it, or is held up on purpose. */
  boolean isStill() {
    HeardStream in = heard;
    boolean isHeld = wire.isPausing() || provider.frost().isOn();
    return isOver || isHeld || (in != null && in.isHeardOut() && unanswered.get() == 0);
  }

  private void readAll() {
    try {
      heard = new HeardStream(socket.getInputStream(), provider.heard());
      readEach(new BufferedInputStream(heard));
    } catch (IOException | NumberFormatException e) {
      wire.hungUp(); // how the client left, or what it broke, does not matter
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      endOfRequests();
    }
  }

  private void readEach(InputStream in) throws IOException, InterruptedException {
    for (int onConnection = 1; ; onConnection++) {
      Optional<HttpMessage> request = HttpMessage.readRequest(in, BODY_BYTES_MAX);
      if (request.isEmpty() || !request.get().isWhole()) {
        return;
      }
      wire.passFrost();
      if (request.get().header("Upgrade").filter("websocket"::equalsIgnoreCase).isPresent()) {
        provider.sockets().serve(in, wire, number, request.get());
        return;
      }
      Post post = post(request.get(), onConnection);
      post.items().forEach(provider::record);
      unanswered.incrementAndGet();
      waiting.put(post);
    }
  }

  /** Whatever waits for the client ends, and so does the answering once it comes to this. */
  private void endOfRequests() {
    isOver = true;
    wire.hungUp();
    try {
      waiting.put(END);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Post post(HttpMessage request, int onConnection) {
    String[] line = (request.startLine() + "  ").split(" ", 3);
    RpcText.Items items = RpcText.items(request.bytes());
    List<Asked> asked = new ArrayList<>();
    for (RpcText.Item item : items.list()) {
      asked.add(
          new Asked(
              provider.nextOrder(),
              System.nanoTime(),
              number,
              onConnection,
              line[0],
              line[1],
              request.headers(),
              items.batch() ? items.list().size() : 0,
              item.method(),
              item.id(),
              item.params(),
              request.text()));
    }
    return new Post(items.batch(), List.copyOf(asked));
  }

  private void answerAll(Thread reader) {
    try {
      int answers = 0;
      for (Post post = waiting.take(); !post.items().isEmpty(); post = waiting.take()) {
        answerOrCountAbandoned(post);
        unanswered.decrementAndGet();
        answers++;
        if (provider.isSpent(answers)) {
          end();
        }
      }
      wire.close();
    } catch (IOException e) {
      reset(); // the client has gone or the script has ended the connection
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      leave(reader);
    }
  }

  /** The socket is closed only when both threads have left it. */
  private void leave(Thread reader) {
    waiting.clear(); // lets a reader that waits for room go on to its end
    try {
      reader.join(LEAVING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    provider.forget(this);
  }

  private void answerOrCountAbandoned(Post post) throws IOException {
    try {
      answer(post);
    } catch (IOException e) {
      provider.abandon();
      throw e;
    }
  }

  private void answer(Post post) throws IOException {
    List<String> answers = new ArrayList<>();
    Optional<Delivery> delivery = Optional.empty();
    Duration delay = Duration.ZERO;
    for (Asked asked : post.items()) {
      String member = provider.world().reply(asked.method(), params(asked));
      Optional<Rule> rule = provider.ruleFor(asked);
      answers.add(rule.map(r -> r.json(asked, member)).orElseGet(() -> asked.proper(member)));
      delivery = delivery.or(() -> rule.flatMap(r -> r.delivery(asked)));
      Duration ruled = rule.map(Rule::delay).orElse(Duration.ZERO);
      delay = delay.compareTo(ruled) >= 0 ? delay : ruled;
    }
    if (delay.isPositive()) {
      wire.pause(delay);
    }
    String json =
        post.batch()
            ? answers.stream().collect(Collectors.joining(",", "[", "]"))
            : answers.getFirst();
    delivery.orElse(Delivery.PLAIN).deliver(wire, json.getBytes(StandardCharsets.UTF_8));
  }

  private static JsonNode params(Asked asked) {
    try {
      return asked.params().isEmpty()
          ? MissingNode.getInstance()
          : RpcText.JSON.readTree(asked.params());
    } catch (JacksonException e) {
      return MissingNode.getInstance();
    }
  }

  private void end() throws IOException {
    if (provider.resetsWhenSpent()) {
      wire.reset();
    } else {
      wire.close();
    }
  }
}
