package io.jethproxy.server;

import io.jethproxy.call.Refusal;
import io.jethproxy.eth.Network;
import io.jethproxy.eth.Networks;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.rpc.Incoming;
import io.jethproxy.rpc.Limits;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Wire;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** The public listener: JSON-RPC by POST, health by GET. */
final class RpcSite implements Site {

  private final Calls calls;
  private final Networks networks;
  private final Fleets fleets;
  private final Limits limits;
  private final Cors cors;
  private final Health health;

  RpcSite(Calls calls, Networks networks, Fleets fleets, Limits limits, Cors cors, Health health) {
    this.calls = calls;
    this.networks = networks;
    this.fleets = fleets;
    this.limits = limits;
    this.cors = cors;
    this.health = health;
  }

  @Override
  public void answer(HttpQuestion question, Consumer<HttpAnswer> reply) {
    switch (question.method()) {
      case "POST" -> post(question, cors.marked(question, reply));
      case "GET" -> reply.accept(get(question));
      case "OPTIONS" -> reply.accept(cors.preflight(question, this));
      default -> reply.accept(notAllowed());
    }
  }

  private HttpAnswer get(HttpQuestion question) {
    return switch (question.path()) {
      case "/health" -> health.health();
      case "/ready" -> health.ready();
      default -> notAllowed();
    };
  }

  private HttpAnswer notAllowed() {
    return refusal(405, "method: not allowed here (expected: POST with a JSON-RPC body)")
        .withHeaders(List.of("allow: POST, OPTIONS"));
  }

  private void post(HttpQuestion question, Consumer<HttpAnswer> reply) {
    if (!isJson(question)) {
      reply.accept(refusal(415, "Content-Type: not JSON (expected: application/json)"));
      return;
    }
    switch (route(question.path())) {
      case Route.To(var network) -> call(question, network, reply);
      case Route.Nowhere(var refusal) ->
          reply.accept(Render.refusal(RawJson.NULL, refusal, "").toAnswer());
    }
  }

  private static boolean isJson(HttpQuestion question) {
    String type = question.headers().get(HttpHeaderNames.CONTENT_TYPE);
    if (type == null) {
      return true;
    }
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
    return new Route.Nowhere(
        new Refusal(
            Refusal.Kind.NO_PROVIDER,
            "no provider has told its chain yet",
            "starting",
            1_000,
            List.of()));
  }

  private void call(HttpQuestion question, Network network, Consumer<HttpAnswer> reply) {
    byte[] body = question.body();
    switch (Wire.read(body, 0, body.length, limits)) {
      case Incoming.One(var item) -> one(item, question, network, reply);
      case Incoming.Many(var items) ->
          Batch.run(items, network, calls, question.abandonment(), reply);
      case Incoming.Unreadable(var fault, var tooBig) ->
          reply.accept(
              HttpAnswer.json(tooBig ? 413 : 400, Payload.of(Wire.fault(RawJson.NULL, fault))));
    }
  }

  private void one(
      Incoming.Item item, HttpQuestion question, Network network, Consumer<HttpAnswer> reply) {
    switch (item) {
      case Incoming.Item.Valid(var request) ->
          calls.start(
              network,
              request,
              question.abandonment(),
              (call, outcome) ->
                  reply.accept(
                      request.isNotification()
                          ? HttpAnswer.empty(204)
                          : Render.of(call, outcome).toAnswer()));
      case Incoming.Item.Invalid(var id, var fault) ->
          reply.accept(HttpAnswer.json(400, Payload.of(Wire.fault(id, fault))));
    }
  }

  @Override
  public HttpAnswer refusal(int status, String message) {
    return JsonRefusal.of(status, message);
  }
}
