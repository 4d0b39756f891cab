package io.jethproxy.server;

import io.jethproxy.call.Refusal;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The messages of one client that are under way: all are answered at once, and each counts until
 * its answer is handed to the socket. Used on the connection's event loop only.
 */
final class Conversation {

  /** Below this a packet carries it anyway. */
  private static final int DEFLATED_BYTES_MIN = 1_024;

  private static final Refusal FULL =
      new Refusal(
          Refusal.Kind.OVERLOADED,
          "the gateway is full (limit: bytes of answers at once)",
          "overload");

  private final WebSocketConnection connection;
  private final HttpAnswer.Then.Switch agreed;
  private final Outbox outbox;
  private final ClientLine line;
  private final ByteBudget received;
  private final ByteBudget unsent;
  private final Compression compression;
  private final WebSocketCounts counts;
  private final Set<Asked> open = new LinkedHashSet<>(0);
  private int calls;

  Conversation(
      WebSocketConnection connection,
      HttpAnswer.Then.Switch agreed,
      Outbox outbox,
      ClientLine line,
      Connections connections,
      WebSocketCounts counts) {
    this.connection = connection;
    this.agreed = agreed;
    this.outbox = outbox;
    this.line = line;
    this.received = connections.received();
    this.unsent = connections.unsent();
    this.compression = connections.compression();
    this.counts = counts;
  }

  /** Calls under way. */
  int calls() {
    return calls;
  }

  boolean isEmpty() {
    return open.isEmpty();
  }

  /**
   * Has a message answered.
   *
   * @param message taken from the budget of what is received, and given back to it
   */
  void ask(byte[] message) {
    counts.messagesIn.increment();
    Asked asked = new Asked(message, line, unsent);
    open.add(asked);
    try {
      int made = agreed.dialogue().answer(message, asked, reply -> answered(asked, reply));
      if (open.contains(asked)) {
        asked.madeCalls(made);
        calls += made;
      }
    } catch (Throwable defect) {
      answered(asked, agreed.dialogue().defect(defect));
    }
  }

  /** Whoever brings the answer must not be stopped by what happens here. */
  private void answered(Asked asked, Render.Rendered answer) {
    if (!open.contains(asked)) {
      return;
    }
    try {
      answer(asked, answer);
    } catch (Throwable defect) {
      connection.broke(defect);
    }
    connection.flush();
  }

  private void answer(Asked asked, Render.Rendered answer) {
    Payload payload = answer.payload();
    if (answer.isNothing()) {
      written(asked);
    } else if (!asked.isExcused() && !outbox.hasRoomFor(payload)) {
      asked.excuse();
      agreed.dialogue().refuse(asked.message(), FULL, asked, no -> answered(asked, no));
    } else if (agreed.deflates() && payload.length() >= DEFLATED_BYTES_MIN) {
      compression.deflate(payload, message -> send(asked, message));
    } else {
      send(asked, new Outbox.Message.Plain(payload));
    }
  }

  private void send(Asked asked, Outbox.Message message) {
    if (open.contains(asked)) {
      counts.messagesOut.increment();
      outbox.answer(message, () -> written(asked));
      connection.flush();
    }
  }

  private void written(Asked asked) {
    if (!open.remove(asked)) {
      return; // the client is being told goodbye
    }
    calls -= asked.calls();
    received.giveBack(asked.message().length);
    asked.answered().forEach(connection::orDefect);
    connection.answered();
  }

  /** Nobody waits for the answers any more. */
  void end() {
    List<Asked> abandoned = List.copyOf(open);
    open.clear();
    calls = 0;
    for (Asked asked : abandoned) {
      received.giveBack(asked.message().length);
      connection.orDefect(asked::abandon);
    }
  }
}
