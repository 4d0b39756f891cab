package io.jethproxy.server;

/**
 * One request on its connection: waits for its turn, is answered, and decides how the answer looks.
 *
 * @param what the request, or the refusal of what was none
 * @param http10 whether the client speaks HTTP/1.0
 * @param keepAlive whether the client wants the connection to go on
 * @param bodiless whether the answer may have no body (HEAD)
 * @param takesGzip whether the answer may be compressed
 */
record Turn(What what, boolean http10, boolean keepAlive, boolean bodiless, boolean takesGzip) {

  sealed interface What {
    record Asked(HttpQuestion question) implements What {}

    record Unreadable(HttpAnswer refusal) implements What {}
  }

  /** The end of a connection that said what cannot be understood. */
  static Turn refused(HttpAnswer refusal) {
    return new Turn(new What.Unreadable(refusal.closing()), false, false, false, false);
  }

  /** Bytes of the body that are held for it. */
  int heldBytes() {
    return switch (what) {
      case What.Asked(var question) -> question.body().length;
      case What.Unreadable(var refusal) -> 0;
    };
  }

  /** Tells those who work on it that nobody waits. */
  void abandon() {
    switch (what) {
      case What.Asked(var question) -> question.abandonment().declare();
      case What.Unreadable(var refusal) -> {}
    }
  }
}
