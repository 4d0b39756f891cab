package io.jethproxy.consistency;

/** What one kind of user does again and again, in one session. */
interface Workload {

  /** A name for reports, such as {@code indexer}. */
  String name();

  /** Does one thing; a failed call is no reason to stop. */
  void step(Session session);

  /** Asks which block a call sees: its number, its parent's hash and its timestamp. */
  static Session.Question probe(String block) {
    // NUMBER, BLOCKHASH(NUMBER - 1) and TIMESTAMP, stored at 0, 32 and 64, all returned
    String code = "0x435f5260014303406020524260405260605ff3";
    return new Session.Question("eth_call", "[{\"data\":\"" + code + "\"}," + block + "]");
  }
}
