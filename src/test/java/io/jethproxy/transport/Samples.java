package io.jethproxy.transport;

import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.RawJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Answers of real providers, one JSON document per line, and what they mean. */
final class Samples {

  static final Classify CLASSIFY = Classify.load();

  private Samples() {}

  /** Seen at providers or read in the sources of nodes and gateways. */
  static Stream<Sample> seen() {
    return read("provider-samples.jsonl");
  }

  /** Other wordings, other codes, and texts that must not mislead. */
  static Stream<Sample> variants() {
    return read("provider-variants.jsonl");
  }

  private static Stream<Sample> read(String resource) {
    try (InputStream in = Samples.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines().map(line -> new Sample(JsonMapper.shared().readTree(line))).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  record Sample(JsonNode json) {

    Question question() {
      return question(json.path("vendor").asString(""));
    }

    Question question(String vendor) {
      return new Question(json.path("method").asString(), vendor, json.path("asked").asLong(1));
    }

    int status() {
      return json.path("status").asInt();
    }

    String provider() {
      return json.path("provider").asString("");
    }

    HttpReply reply() {
      JsonNode body = json.path("body");
      String text = body.isString() ? body.asString() : body.toString();
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      JsonNode headers = json.path("headers");
      long retryAfterMillis =
          Waits.ofHeader(
              headers.path("retry-after").asString(""), headers.path("date").asString(""));
      return new HttpReply(
          status(), retryAfterMillis, headers.has("cf-mitigated"), bytes, 0, bytes.length);
    }

    /** The error object, if the body is a JSON-RPC error. */
    Optional<Fault> fault() {
      JsonNode error = json.path("body").path("error");
      if (!json.path("body").has("jsonrpc") || !error.has("message")) {
        return Optional.empty();
      }
      RawJson data = error.has("data") ? RawJson.of(error.path("data").toString()) : RawJson.ABSENT;
      return Optional.of(
          new Fault(error.path("code").asInt(), error.path("message").asString(), data));
    }

    /** What a gateway has to do. */
    String expect() {
      return json.path("expect").asString();
    }

    /** The exact verdict: {@code SERVE} and so on, or the name of the trouble. */
    String verdict() {
      return json.path("verdict").asString();
    }

    @Override
    public String toString() {
      return json.path("method").asString() + " " + status() + " " + json.path("body");
    }
  }

  static String name(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Serve _ -> "SERVE";
      case Verdict.AlreadyKnown _ -> "ALREADY_KNOWN";
      case Verdict.NonceTooLow _ -> "NONCE_TOO_LOW";
      case Verdict.Elsewhere elsewhere -> elsewhere.trouble().name();
    };
  }
}
