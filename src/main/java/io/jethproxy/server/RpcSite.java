package io.jethproxy.server;

import io.jethproxy.call.Refusal;
import io.jethproxy.eth.Network;
import io.jethproxy.eth.Networks;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.rpc.RawJson;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The public listener: JSON-RPC by POST or over a WebSocket, health by GET. */
final class RpcSite implements Site {

  private final JsonRpc jsonRpc;
  private final Declined declined;
  private final Networks networks;
  private final Fleets fleets;
  private final Cors cors;
  private final Health health;

  RpcSite(
      JsonRpc jsonRpc,
      Declined declined,
      Networks networks,
      Fleets fleets,
      Cors cors,
      Health health) {
    this.jsonRpc = jsonRpc;
    this.declined = declined;
    this.networks = networks;
    this.fleets = fleets;
    this.cors = cors;
    this.health = health;
  }

  @Override
  public void answer(HttpQuestion question, Consumer<HttpAnswer> reply) {
    Consumer<HttpAnswer> marked = cors.marked(question, reply);
    if (question.method().equals("OPTIONS")) {
      reply.accept(cors.preflight(question, this));
      return;
    }
    switch (question.path()) {
      case "/health" -> marked.accept(probe(question, health::health));
      case "/ready" -> marked.accept(probe(question, health::ready));
      default -> rpc(question, marked);
    }
  }

  private HttpAnswer probe(HttpQuestion question, Supplier<HttpAnswer> answer) {
    return switch (question.method()) {
      case "GET", "HEAD" -> answer.get();
      default ->
          refusal(405, "method: not allowed here (expected: GET)")
              .withHeaders(List.of("allow: GET, HEAD, OPTIONS"));
    };
  }

  private void rpc(HttpQuestion question, Consumer<HttpAnswer> reply) {
    Route route = route(question.path());
    if (route instanceof Route.Nowhere(var refusal)) {
      reply.accept(declined.refused(RawJson.NULL, refusal).toAnswer());
    } else if (!question.method().equals("POST")) {
      reply.accept(Upgrade.isAskedBy(question) ? upgrade(question, route) : notAllowed());
    } else if (!isJson(question)) {
      reply.accept(refusal(415, "Content-Type: not JSON (expected: application/json)"));
    } else {
      Consumer<Render.Rendered> rendered = answer -> reply.accept(answer.toAnswer());
      switch (route) {
        case Route.To(var network) -> jsonRpc.answer(question.body(), network, question, rendered);
        case Route.NotYet(var refusal) ->
            jsonRpc.refuse(question.body(), refusal, question, rendered);
        case Route.Nowhere _ -> throw new IllegalStateException("answered above");
      }
    }
  }

  private HttpAnswer notAllowed() {
    return refusal(405, "method: not allowed here (expected: POST with a JSON-RPC body)")
        .withHeaders(List.of("allow: POST, OPTIONS"));
  }

  private HttpAnswer upgrade(HttpQuestion question, Route route) {
    if (!cors.admits(question)) {
      return refusal(403, "Origin: not allowed here");
    }
    return switch (Upgrade.of(question)) {
      case Upgrade.Flawed(var status, var message, var headers) ->
          refusal(status, message).withHeaders(headers);
      case Upgrade.Fine fine ->
          switch (route) {
            case Route.To(var network) ->
                HttpAnswer.switching(
                    fine.headers(),
                    new HttpAnswer.Then.Switch(
                        fine.deflates(), new NetworkDialogue(network, jsonRpc, declined)));
            case Route.NotYet(var refusal) -> declined.refused(RawJson.NULL, refusal).toAnswer();
            case Route.Nowhere _ -> throw new IllegalStateException("answered before");
          };
    };
  }

  private static boolean isJson(HttpQuestion question) {
    List<String> types = question.headers().getAll(HttpHeaderNames.CONTENT_TYPE);
    if (types.isEmpty()) {
      return true;
    }
    return types.size() == 1 && isJson(types.getFirst());
  }

  private static boolean isJson(String type) {
    if (type.equals(HttpAnswer.JSON)) {
      return true;
    }
    int parameters = type.indexOf(';');
    String bare = (parameters < 0 ? type : type.substring(0, parameters)).strip();
    return switch (bare.toLowerCase(Locale.ROOT)) {
      case HttpAnswer.JSON, "application/json-rpc", "application/jsonrequest" -> true;
      default -> false;
    };
  }

  /** Where a path leads. */
  private sealed interface Route {
    record To(Network network) implements Route {}

    /** A network perhaps, but no provider has said so yet. */
    record NotYet(Refusal refusal) implements Route {}

    record Nowhere(Refusal refusal) implements Route {}
  }

  private Route route(String path) {
    if (path.equals("/")) {
      return fleets.defaultNetwork().<Route>map(Route.To::new).orElseGet(this::noNetworkYet);
    }
    Optional<Network> named = networks.named(path.substring(1));
    if (named.isEmpty()) {
      return new Route.Nowhere(
          new Refusal(
              Refusal.Kind.UNKNOWN_PATH,
              "path: not known (expected: / or /{network}, a chain id or name)",
              "unknown_path"));
    }
    Network network = named.get();
    if (fleets.of(network.chainId()).isPresent()) {
      return new Route.To(network);
    }
    if (fleets.isAwaitingProviders()) {
      return noNetworkYet();
    }
    return new Route.Nowhere(
        new Refusal(
            Refusal.Kind.UNKNOWN_PATH,
            "network " + network.name() + ": no provider is configured for it",
            "unknown_network"));
  }

  private Route noNetworkYet() {
    return new Route.NotYet(
        new Refusal(
            Refusal.Kind.NO_PROVIDER,
            fleets.all().isEmpty()
                ? "no provider has told its chain yet"
                : "not every provider has told its chain yet; a path that names a network may serve",
            "starting",
            1_000,
            List.of()));
  }

  @Override
  public HttpAnswer refusal(int status, String message) {
    return declined.http(status, message);
  }

  @Override
  public HttpAnswer defect(Throwable cause) {
    return declined.defect(cause).toAnswer();
  }
}
