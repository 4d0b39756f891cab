package io.jethproxy.app;

import io.jethproxy.eth.Network;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whether the gateway would start healthy with providers as they were found: every network that the
 * configuration names, and every other that was found, has a provider that serves it, sockets are
 * not alone on theirs, and no provider serves another chain than the configuration says.
 *
 * @param lines for people, one for each network and problem, then the verdict
 */
record StartVerdict(boolean isHealthy, List<String> lines) {

  /**
   * The verdict.
   *
   * @param sockets those of providers, and others
   * @param defaultNetwork the one that is configured for paths without a network
   */
  static StartVerdict of(
      List<Finding> findings, List<SocketFinding> sockets, Optional<Network> defaultNetwork) {
    List<String> lines = new ArrayList<>();
    Map<Network, Long> serving = new LinkedHashMap<>();
    Stream.concat(
            findings.stream().flatMap(finding -> network(finding).stream()),
            defaultNetwork.stream())
        .forEach(network -> serving.put(network, 0L));
    findings.forEach(finding -> {
      if (finding instanceof Finding.Serves serves) {
        serving.merge(serves.network(), 1L, Long::sum);
      }
    });
    serving.forEach(
        (network, count) -> lines.add(network.name() + ": " + count + " " + providers(count)));
    long wrong = 0;
    for (SocketFinding socket : sockets) {
      if (socket.providerId().isEmpty()) {
        lines.add(socket.line());
      }
    }
    for (Network alone : withoutProvider(sockets, serving.keySet())) {
      lines.add(alone.name() + ": only a socket; it needs a provider over HTTP to be served");
      wrong++;
    }
    for (Finding finding : findings) {
      if (finding instanceof Finding.WrongChain(String id, Optional<Network> said, long told)) {
        lines.add(
            id
                + ": serves chain "
                + told
                + " (expected: "
                + said.map(SurveyTable::shown).orElse("")
                + ")");
        wrong++;
      }
    }
    boolean healthy = wrong == 0 && !serving.isEmpty() && !serving.containsValue(0L);
    lines.add(
        healthy
            ? "The gateway would start healthy."
            : "The gateway would NOT start healthy"
                + (serving.isEmpty() ? ": no provider serves." : "."));
    return new StartVerdict(healthy, lines);
  }

  private static List<Network> withoutProvider(List<SocketFinding> sockets, Set<Network> known) {
    return sockets.stream()
        .flatMap(socket -> socket.network().stream())
        .filter(network -> !known.contains(network))
        .distinct()
        .toList();
  }

  private static Optional<Network> network(Finding finding) {
    return switch (finding) {
      case Finding.Serves serves -> Optional.of(serves.network());
      case Finding.Out _, Finding.WrongChain _ -> finding.configured();
    };
  }

  private static String providers(long count) {
    return count == 1 ? "provider serves" : "providers serve";
  }
}
