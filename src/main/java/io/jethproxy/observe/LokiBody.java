package io.jethproxy.observe;

import io.jethproxy.observe.LineBuffer.Escape;
import io.jethproxy.observe.LokiQueue.Stamped;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

/**
 * Makes the body of a push, gzipped JSON: streams by level and network, each in the order of time,
 * with the same lines as the other sinks. Used by one thread.
 *
 * <p>Labels are bounded whatever is logged: five levels, {@link #NETWORKS_MAX} networks. All else
 * that could be looked for is structured metadata.
 */
final class LokiBody {

  static final int NETWORKS_MAX = 100;
  static final String APPLICATION = "jeth-proxy";

  private static final String NETWORK = "network";
  private static final int KEY_CHARS_MAX = 64;
  private static final int VALUE_BYTES_MAX = 256;

  /** Labels and metadata of our own, and those that Loki adds. */
  private static final Set<String> OWN_KEYS =
      Set.of(
          "application", "level", NETWORK, "logger", "instance", "service_name", "detected_level");

  private record Labels(String level, Optional<String> network) {}

  private final LineFormat format;
  private final Secrets secrets;
  private final boolean withMetadata;
  private final String instance;
  private final Set<String> networks = new HashSet<>();

  /**
   * @param instance tells replicas apart; empty when it is not known
   */
  LokiBody(LineFormat format, Secrets secrets, boolean withMetadata, String instance) {
    this.format = format;
    this.secrets = secrets;
    this.withMetadata = withMetadata;
    this.instance = instance;
  }

  byte[] of(List<Stamped> batch) {
    Map<Labels, List<Stamped>> streams = new LinkedHashMap<>();
    for (Stamped stamped : batch) {
      streams.computeIfAbsent(labels(stamped.entry()), _ -> new ArrayList<>()).add(stamped);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 14);
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      String before = "{\"streams\":[";
      for (Map.Entry<Labels, List<Stamped>> stream : streams.entrySet()) {
        write(out, before, stream.getKey(), stream.getValue());
        before = ",";
      }
      out.write("]}".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return bytes.toByteArray();
  }

  private void write(OutputStream out, String before, Labels labels, List<Stamped> entries)
      throws IOException {
    LineBuffer head = new LineBuffer().plain(before).plain("{\"stream\":{");
    pair(head, "application", APPLICATION);
    pair(head.plain(","), "level", labels.level());
    labels.network().ifPresent(network -> pair(head.plain(","), NETWORK, network));
    out.write(head.plain("},\"values\":[").finish());
    entries.sort(Comparator.comparingLong(Stamped::epochNanos));
    long last = Long.MIN_VALUE;
    for (Stamped stamped : entries) {
      boolean first = last == Long.MIN_VALUE;
      // equal only after the clock was set back
      last = first ? stamped.epochNanos() : Math.max(stamped.epochNanos(), last + 1);
      out.write(value(first ? "" : ",", last, stamped.entry(), labels));
    }
    out.write("]}".getBytes(StandardCharsets.US_ASCII));
  }

  private byte[] value(String before, long epochNanos, LogEntry entry, Labels labels) {
    byte[] line = format.line(entry, secrets);
    String text = new String(line, 0, line.length - 1, StandardCharsets.UTF_8);
    LineBuffer value = new LineBuffer().plain(before).plain("[\"");
    value.plain(Long.toString(epochNanos)).plain("\",");
    string(value, text);
    if (withMetadata) {
      value.plain(",{");
      String comma = "";
      for (Map.Entry<String, String> pair : metadata(entry, labels).entrySet()) {
        pair(value.plain(comma), pair.getKey(), pair.getValue());
        comma = ",";
      }
      value.plain("}");
    }
    return value.plain("]").finish();
  }

  private Map<String, String> metadata(LogEntry entry, Labels labels) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("logger", harmless(entry.logger()));
    if (!instance.isEmpty()) {
      metadata.put("instance", harmless(instance));
    }
    for (LogEntry.Pair pair : entry.pairs()) {
      boolean isLabel =
          pair.key().equals(NETWORK) && labels.network().filter(pair.value()::equals).isPresent();
      if (!isLabel && !pair.value().isEmpty()) {
        metadata.putIfAbsent(key(pair.key()), harmless(pair.value()));
      }
    }
    return metadata;
  }

  private String harmless(String text) {
    LineBuffer value = new LineBuffer();
    value.text(secrets.scrub(text, LogEntry.TEXT_CHARS_MAX), VALUE_BYTES_MAX, Escape.TEXT);
    return value.toString();
  }

  private String key(String given) {
    String scrubbed = secrets.scrub(given);
    String cut = scrubbed.substring(0, Math.min(scrubbed.length(), KEY_CHARS_MAX));
    String key = cut.replaceAll("[^A-Za-z0-9_]", "_");
    boolean plain = !key.isEmpty() && !Character.isDigit(key.charAt(0)) && !OWN_KEYS.contains(key);
    return plain ? key : "_" + key;
  }

  private Labels labels(LogEntry entry) {
    return new Labels(
        entry.level().name().toLowerCase(Locale.ROOT),
        entry.pairs().stream()
            .filter(pair -> pair.key().equals(NETWORK))
            .map(pair -> network(pair.value()))
            .findFirst());
  }

  /** Networks come from the configuration; should one day others do, they share a label. */
  private String network(String name) {
    boolean plain = name.matches("[A-Za-z0-9._-]{1,64}") && secrets.scrub(name).equals(name);
    if (!plain || (!networks.contains(name) && networks.size() >= NETWORKS_MAX)) {
      return MetricNames.OTHER;
    }
    networks.add(name);
    return name;
  }

  private static void pair(LineBuffer json, String key, String value) {
    string(json, key);
    string(json.plain(":"), value);
  }

  private static void string(LineBuffer json, String text) {
    json.plain("\"");
    json.text(text, 4 * LineFormat.LINE_BYTES_MAX, Escape.JSON); // never cut: it is bounded
    json.plain("\"");
  }
}
