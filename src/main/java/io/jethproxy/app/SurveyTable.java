package io.jethproxy.app;

import io.jethproxy.eth.Network;
import io.jethproxy.fleet.SocketTrouble;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Findings as an aligned table of plain text. */
final class SurveyTable {

  private static final String NONE = "-";
  private static final String GAP = "  ";
  private static final List<String> TITLES =
      List.of(
          "provider",
          "state",
          "network",
          "head",
          "lag",
          "latency",
          "websocket",
          "depth",
          "logs",
          "batch",
          "receipts",
          "finality",
          "verified",
          "client");

  private SurveyTable() {}

  static String of(List<Finding> findings, List<SocketFinding> sockets) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(TITLES);
    for (Finding finding : findings) {
      rows.add(row(finding, findings, sockets));
    }
    int[] widths = new int[TITLES.size()];
    rows.forEach(row -> {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    });
    StringBuilder table = new StringBuilder();
    rows.forEach(row -> table.append(line(row, widths)).append(System.lineSeparator()));
    return table.toString();
  }

  /** A network's name and chain id, once where they are the same. */
  static String shown(Network network) {
    String id = Long.toString(network.chainId());
    return network.name().equals(id) ? id : network.name() + " (" + id + ")";
  }

  private static List<String> row(Finding finding, List<Finding> all, List<SocketFinding> sockets) {
    String said = finding.configured().map(SurveyTable::shown).orElse(NONE);
    return switch (finding) {
      case Finding.Out out -> row(out.providerId(), out.reason(), said);
      case Finding.WrongChain wrong -> row(wrong.providerId(), "wrong chain", said);
      case Finding.Serves serves ->
          List.of(
              serves.providerId(),
              "ok",
              shown(serves.network()),
              Long.toString(serves.head()),
              Long.toString(Math.max(0, agreedHead(serves.network(), all) - serves.head())),
              millis(serves.latencyMicros()),
              socket(serves, sockets),
              serves.can().depth(),
              serves.can().logs(),
              serves.can().batch(),
              serves.can().receipts(),
              serves.can().finality(),
              serves.can().verified(),
              serves.can().client());
    };
  }

  /** What the provider's socket is good for: also, it must be of the provider's chain. */
  private static String socket(Finding.Serves serves, List<SocketFinding> sockets) {
    return sockets.stream()
        .filter(socket -> socket.providerId().filter(serves.providerId()::equals).isPresent())
        .map(socket ->
            socket.network().stream().allMatch(serves.network()::equals)
                ? socket.word()
                : SocketTrouble.WRONG_CHAIN.label())
        .findFirst()
        .orElse(NONE);
  }

  private static List<String> row(String... first) {
    List<String> row = new ArrayList<>(List.of(first));
    while (row.size() < TITLES.size()) {
      row.add(NONE);
    }
    return row;
  }

  /** The block that two providers have reached, or the only one. */
  private static long agreedHead(Network network, List<Finding> all) {
    List<Long> heads =
        all.stream()
            .filter(Finding.Serves.class::isInstance)
            .map(Finding.Serves.class::cast)
            .filter(serves -> serves.network().equals(network))
            .map(Finding.Serves::head)
            .sorted(Comparator.reverseOrder())
            .toList();
    return heads.get(Math.min(1, heads.size() - 1));
  }

  private static String millis(long micros) {
    return micros < 10_000
        ? String.format(Locale.ROOT, "%.1f ms", micros / 1_000.0)
        : Math.round(micros / 1_000.0) + " ms";
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(i == 0 ? "" : GAP);
      line.append(row.get(i)).repeat(" ", widths[i] - row.get(i).length());
    }
    return line.toString().stripTrailing();
  }
}
