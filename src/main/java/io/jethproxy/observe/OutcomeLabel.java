package io.jethproxy.observe;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The stable word for how a call ended, in metrics, logs and status. */
@SuppressWarnings("EnumOrdinal") // only as an index into arrays of this process
final class OutcomeLabel {

  private static final int OK = 0;
  private static final int REJECTED = 1;
  private static final int UNSERVED = 2;
  private static final int ABANDONED = 3;
  private static final int FIRST_REFUSAL = 4;

  /** All words, by index: {@code ok}, {@code rejected}, …, {@code no_provider}, {@code timeout}. */
  static final List<String> ALL =
      Stream.concat(
              Stream.of("ok", "rejected", "unserved", "abandoned"),
              Arrays.stream(Refusal.Kind.values())
                  .map(kind -> kind.name().toLowerCase(Locale.ROOT)))
          .toList();

  private OutcomeLabel() {}

  static String of(Concluded concluded) {
    return ALL.get(indexOf(concluded));
  }

  static int indexOf(Concluded concluded) {
    if (concluded.call().abandonment().isDeclared()) {
      return ABANDONED;
    }
    return switch (concluded.outcome()) {
      case Outcome.Answer _ -> OK;
      case Outcome.Rejected _ -> REJECTED;
      case Outcome.Unserved _ -> UNSERVED;
      case Outcome.Refused refused -> indexOf(refused.refusal().kind());
    };
  }

  static int indexOf(Refusal.Kind kind) {
    return FIRST_REFUSAL + kind.ordinal();
  }
}
