package io.jethproxy.consistency;

import static io.jethproxy.consistency.Guarantee.G9_EACH_EVENT_ONCE;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one session was told by its subscriptions. Notices are calls of the method {@code
 * eth_subscription}, whose params are the kind and the id of the subscription.
 */
final class SubscriptionChecks {

  static final String SUBSCRIBE = "eth_subscribe";
  static final String NOTICE = "eth_subscription";
  static final String UNSUBSCRIBE = "eth_unsubscribe";

  /** What one subscription must tell, piece by piece. */
  interface Stream {

    void notice(Op op);

    /** It has ended, as asked for. */
    void end(Op op);
  }

  private final Findings findings;
  private final Map<String, Stream> streams = new LinkedHashMap<>();

  SubscriptionChecks(Findings findings) {
    this.findings = findings;
  }

  static boolean concerns(Op op) {
    return List.of(SUBSCRIBE, NOTICE, UNSUBSCRIBE).contains(op.method());
  }

  void check(Op op) {
    switch (op.method()) {
      case SUBSCRIBE -> subscribed(op);
      case NOTICE -> notice(op);
      default -> end(op);
    }
  }

  private void subscribed(Op op) {
    if (!op.isOk()) {
      findings.add(G9_EACH_EVENT_ONCE, op, "no subscription", "one");
      return;
    }
    Stream stream =
        op.text(0).equals("newHeads") ? new HeadStream(findings, op) : new LogStream(findings, op);
    streams.put(op.answer().asString(), stream);
  }

  private void notice(Op op) {
    Stream stream = streams.get(op.text(1));
    if (!op.isOk()) {
      findings.add(G9_EACH_EVENT_ONCE, op, "the connection ended", "one that goes on");
    } else if (stream == null) {
      findings.add(G9_EACH_EVENT_ONCE, op, "a notice of no subscription", "one of " + streams);
    } else {
      stream.notice(op);
    }
  }

  private void end(Op op) {
    Stream stream = streams.remove(op.text(0));
    if (stream != null && op.isOk()) {
      stream.end(op);
    }
  }
}
