package io.jethproxy.rpc;

import java.util.Optional;

/** JSON-RPC 2.0 from bytes and to bytes. Slices that come out share the array that went in. */
public final class Wire {

  private static final RawJson HEAD = RawJson.of("{\"jsonrpc\":\"2.0\",\"id\":");
  private static final RawJson METHOD = RawJson.of(",\"method\":");
  private static final RawJson PARAMS = RawJson.of(",\"params\":");
  private static final RawJson NO_PARAMS = RawJson.of("[]");
  private static final RawJson RESULT = RawJson.of(",\"result\":");
  private static final RawJson CODE = RawJson.of(",\"error\":{\"code\":");
  private static final RawJson MESSAGE = RawJson.of(",\"message\":");
  private static final RawJson DATA = RawJson.of(",\"data\":");
  private static final RawJson END = RawJson.of("}");
  private static final RawJson ERROR_END = RawJson.of("}}");

  private Wire() {}

  /** What a client's body, or one message on its WebSocket, turns out to be. */
  public static Incoming read(byte[] bytes, int from, int to, Limits limits) {
    return RequestReader.read(bytes, from, to, limits);
  }

  /**
   * What a provider's body turns out to be. All of it is checked: only one whole JSON document of
   * at most 512 levels can be a reply.
   *
   * @param expectedId the id that the request had
   */
  public static Received readReply(byte[] bytes, int from, int to, long expectedId) {
    return ReplyReader.read(bytes, from, to, expectedId);
  }

  /**
   * The fault that is meant by a body that is JSON but no reply, as gateways and load balancers
   * send it: {@code {"message":…,"code":…}}, {@code {"error":"…"}}, {@code {"detail":"…"}}, a bare
   * string, or the first element of an array. Empty when there is none, or in more than 64 KiB.
   */
  public static Optional<Fault> readLoose(byte[] bytes, int from, int to) {
    return FaultReader.readLoose(bytes, from, to);
  }

  /** A request to a provider; absent params are written as an empty array. */
  public static byte[] request(long id, String method, RawJson params) {
    return join(
        HEAD,
        RawJson.of(Long.toString(id)),
        METHOD,
        RawJson.of(JsonText.quote(method)),
        PARAMS,
        params.isAbsent() ? NO_PARAMS : params,
        END);
  }

  /** What goes before a result; the result and one closing brace follow. */
  public static byte[] resultHead(RawJson id) {
    return join(HEAD, idOrNull(id), RESULT);
  }

  /** A whole reply with a result. */
  public static byte[] result(RawJson id, RawJson result) {
    return join(HEAD, idOrNull(id), RESULT, result, END);
  }

  /** A whole reply with an error; its data is written when present. */
  public static byte[] fault(RawJson id, Fault fault) {
    return join(
        HEAD,
        idOrNull(id),
        CODE,
        RawJson.of(Integer.toString(fault.code())),
        MESSAGE,
        RawJson.of(JsonText.quote(fault.message())),
        fault.data().isAbsent() ? RawJson.ABSENT : DATA,
        fault.data(),
        ERROR_END);
  }

  private static RawJson idOrNull(RawJson id) {
    return id.isAbsent() ? RawJson.NULL : id;
  }

  private static byte[] join(RawJson... parts) {
    int length = 0;
    for (RawJson part : parts) {
      length = Math.addExact(length, part.length());
    }
    byte[] joined = new byte[length];
    int at = 0;
    for (RawJson part : parts) {
      System.arraycopy(part.bytes(), part.from(), joined, at, part.length());
      at += part.length();
    }
    return joined;
  }
}
