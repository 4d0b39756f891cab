package io.jethproxy.consistency;

import io.jethproxy.consistency.PostClient.Posted;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

/** One caller on one kept connection, who writes down all that it asks and hears. One thread. */
final class Session implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** A question; params is a JSON array. */
  record Question(String method, String params) {}

  private final String name;
  private final History history;
  private final PostClient client;

  Session(String name, int port, History history) {
    this.name = name;
    this.history = history;
    this.client = new PostClient(port, PATIENCE);
  }

  /** Asks, records, and gives the result; JSON null when there is none. */
  JsonNode ask(String method, String params) {
    long id = history.nextId();
    long invoked = System.nanoTime();
    JsonNode answer = post(Json.request(id, method, params));
    long completed = System.nanoTime();
    Question question = new Question(method, params);
    return record(id, -1, invoked, completed, question, answerTo(id, List.of(answer)));
  }

  /** Asks all in one batch; the results in the order of the questions. */
  List<JsonNode> askAll(List<Question> questions) {
    long batch = history.nextBatch();
    List<Long> ids = questions.stream().map(question -> history.nextId()).toList();
    List<String> items = new ArrayList<>();
    for (int i = 0; i < questions.size(); i++) {
      Question question = questions.get(i);
      items.add(Json.request(ids.get(i), question.method(), question.params()));
    }
    long invoked = System.nanoTime();
    JsonNode answer = post("[" + String.join(",", items) + "]");
    long completed = System.nanoTime();
    List<JsonNode> answers = new ArrayList<>();
    answer.forEach(answers::add);
    Map<Long, JsonNode> results = new HashMap<>();
    for (int i = 0; i < questions.size(); i++) {
      JsonNode own = answerTo(ids.get(i), answer.isArray() ? answers : List.of(answer));
      results.put(ids.get(i), record(ids.get(i), batch, invoked, completed, questions.get(i), own));
    }
    return ids.stream().map(results::get).toList();
  }

  @Override
  public void close() {
    try {
      client.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private JsonNode post(String body) {
    try {
      Posted posted = client.post(body);
      return Json.read(posted.text());
    } catch (IOException | JacksonException e) {
      return NullNode.getInstance();
    }
  }

  /** The answer with this id; an error without an id is everybody's. */
  private static JsonNode answerTo(long id, List<JsonNode> answers) {
    return answers.stream()
        .filter(answer ->
            answer.path("id").asString("").equals(Long.toString(id))
                || (answer.has("error") && answer.path("id").isNull()))
        .findFirst()
        .orElse(NullNode.getInstance());
  }

  private JsonNode record(
      long id, long batch, long invoked, long completed, Question question, JsonNode answer) {
    Op.Type type =
        answer.has("result") ? Op.Type.OK : answer.has("error") ? Op.Type.FAIL : Op.Type.INFO;
    JsonNode told =
        switch (type) {
          case OK -> answer.path("result");
          case FAIL -> answer.path("error");
          case INFO -> NullNode.getInstance();
        };
    JsonNode params = Json.read(question.params());
    history.add(new Op(id, name, batch, invoked, completed, type, question.method(), params, told));
    return type == Op.Type.OK ? told : NullNode.getInstance();
  }
}
