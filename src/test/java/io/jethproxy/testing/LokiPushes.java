package io.jethproxy.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * Reads what is pushed to Loki, in both forms that it documents: JSON, gzipped or not, and a
 * protobuf message in one snappy block. Refuses what Loki refuses with its default limits.
 */
public final class LokiPushes {

  private static final int BODY_BYTES_MAX = 4 << 20;
  private static final int LINE_BYTES_MAX = 256 << 10;
  private static final int LABELS_MAX = 15;
  private static final int METADATA_MAX = 128;
  private static final int METADATA_BYTES_MAX = 64 << 10;
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
  private static final Pattern LABEL =
      Pattern.compile("\\s*([a-zA-Z_][a-zA-Z0-9_]*)\\s*=\\s*\"((?:[^\"\\\\]|\\\\.)*)\"\\s*(?:,|$)");

  /** One line as Loki has it. */
  public record Entry(
      Map<String, String> labels, long epochNanos, String line, Map<String, String> metadata) {}

  /** Says in its message what is wrong with a push. */
  public static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String message) {
      super(message);
    }
  }

  private LokiPushes() {}

  /** All lines of one push, in the order in which they stand in it. */
  public static List<Entry> read(String contentType, String contentEncoding, byte[] body)
      throws Refused {
    boolean json = contentType.split(";", 2)[0].strip().equals("application/json");
    List<Entry> entries = json ? json(unpacked(contentEncoding, body)) : protobuf(snappy(body));
    if (entries.isEmpty()) {
      throw new Refused("no lines");
    }
    check(entries);
    return entries;
  }

  private static byte[] unpacked(String encoding, byte[] body) throws Refused {
    try (InputStream in = new ByteArrayInputStream(body);
        InputStream plain =
            switch (encoding) {
              case "" -> in;
              case "gzip" -> new GZIPInputStream(in);
              default -> throw new Refused("Content-Encoding " + encoding + " not supported");
            }) {
      byte[] bytes = plain.readNBytes(BODY_BYTES_MAX + 1);
      if (bytes.length > BODY_BYTES_MAX) {
        throw new Refused("larger than " + BODY_BYTES_MAX + " bytes");
      }
      return bytes;
    } catch (IOException e) {
      throw new Refused("not gzip: " + e.getMessage());
    }
  }

  private static List<Entry> json(byte[] body) throws Refused {
    List<Entry> entries = new ArrayList<>();
    JsonNode root = new ObjectMapper().readTree(body);
    for (JsonNode stream : root.path("streams")) {
      Map<String, String> labels = strings(stream.path("stream"));
      for (JsonNode value : stream.path("values")) {
        if (value.size() < 2 || value.size() > 3 || !value.get(0).isString()) {
          throw new Refused("a value is not [\"nanoseconds\", \"line\", {metadata}]");
        }
        if (!value.get(1).isString() || !value.get(0).asString().matches("[0-9]{19}")) {
          throw new Refused("no line, or a time that is not in nanoseconds");
        }
        Map<String, String> metadata = value.size() == 3 ? strings(value.get(2)) : Map.of();
        long nanos = Long.parseLong(value.get(0).asString());
        entries.add(new Entry(labels, nanos, value.get(1).asString(), metadata));
      }
    }
    return entries;
  }

  private static Map<String, String> strings(JsonNode object) throws Refused {
    Map<String, String> strings = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> property : object.properties()) {
      if (!property.getValue().isString()) {
        throw new Refused("a label or metadata that is not a string: " + property.getKey());
      }
      strings.put(property.getKey(), property.getValue().asString());
    }
    return strings;
  }

  private static void check(List<Entry> entries) throws Refused {
    Map<Map<String, String>, Long> last = new LinkedHashMap<>();
    for (Entry entry : entries) {
      names(entry.labels(), LABELS_MAX, "labels");
      names(entry.metadata(), METADATA_MAX, "metadata");
      if (entry.labels().isEmpty()) {
        throw new Refused("at least one label pair is required per stream");
      }
      if (entry.line().getBytes(StandardCharsets.UTF_8).length > LINE_BYTES_MAX) {
        throw new Refused("a line over " + LINE_BYTES_MAX + " bytes");
      }
      Long before = last.put(entry.labels(), entry.epochNanos());
      if (before != null && before >= entry.epochNanos()) {
        throw new Refused("times of a stream do not rise: " + before + ", " + entry.epochNanos());
      }
    }
  }

  private static void names(Map<String, String> pairs, int most, String what) throws Refused {
    long bytes = 0;
    for (Map.Entry<String, String> pair : pairs.entrySet()) {
      bytes += pair.getKey().length() + pair.getValue().getBytes(StandardCharsets.UTF_8).length;
      if (!NAME.matcher(pair.getKey()).matches()) {
        throw new Refused(what + ": not a name: " + pair.getKey());
      }
    }
    if (pairs.size() > most || bytes > METADATA_BYTES_MAX) {
      throw new Refused("too many or too long " + what);
    }
  }

  // PushRequest{streams = 1}, Stream{labels = 1, entries = 2},
  // Entry{timestamp = 1, line = 2, structuredMetadata = 3}, Timestamp{seconds = 1, nanos = 2},
  // LabelPair{name = 1, value = 2}

  private static List<Entry> protobuf(byte[] message) throws Refused {
    List<Entry> entries = new ArrayList<>();
    for (Field stream : fields(message)) {
      Map<String, String> labels = Map.of();
      for (Field field : fields(stream.bytes())) {
        if (field.number() == 1) {
          labels = labels(field.text());
        } else if (field.number() == 2) {
          entries.add(entry(labels, field.bytes()));
        }
      }
    }
    return entries;
  }

  private static Entry entry(Map<String, String> labels, byte[] message) throws Refused {
    long nanos = 0;
    String line = "";
    Map<String, String> metadata = new LinkedHashMap<>();
    for (Field field : fields(message)) {
      switch (field.number()) {
        case 1 -> {
          for (Field part : fields(field.bytes())) {
            nanos += part.number() == 1 ? part.number64() * 1_000_000_000 : part.number64();
          }
        }
        case 2 -> line = field.text();
        case 3 -> {
          List<Field> pair = fields(field.bytes());
          metadata.put(pair.get(0).text(), pair.get(1).text());
        }
        default -> {}
      }
    }
    return new Entry(labels, nanos, line, metadata);
  }

  private static Map<String, String> labels(String text) throws Refused {
    if (!text.startsWith("{") || !text.endsWith("}")) {
      throw new Refused("labels are not {name=\"value\"}");
    }
    Map<String, String> labels = new LinkedHashMap<>();
    Matcher pairs = LABEL.matcher(text.substring(1, text.length() - 1));
    while (pairs.lookingAt()) {
      labels.put(pairs.group(1), pairs.group(2).replaceAll("\\\\(.)", "$1"));
      pairs.region(pairs.end(), pairs.regionEnd());
    }
    if (pairs.regionStart() != pairs.regionEnd()) {
      throw new Refused("labels are not {name=\"value\"}");
    }
    return labels;
  }

  @SuppressWarnings("ArrayRecordComponent") // read only
  private record Field(int number, long number64, byte[] bytes) {
    String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private static List<Field> fields(byte[] message) throws Refused {
    List<Field> fields = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(message);
    while (in.hasRemaining()) {
      long key = varint(in);
      switch ((int) key & 7) {
        case 0 -> fields.add(new Field((int) (key >>> 3), varint(in), new byte[0]));
        case 2 -> fields.add(new Field((int) (key >>> 3), 0, bytes(in, varint(in))));
        default -> throw new Refused("a protobuf field of wire type " + (key & 7));
      }
    }
    return fields;
  }

  private static byte[] bytes(ByteBuffer in, long length) throws Refused {
    if (length < 0 || length > in.remaining()) {
      throw new Refused("a length beyond the end");
    }
    byte[] bytes = new byte[(int) length];
    in.get(bytes);
    return bytes;
  }

  private static long varint(ByteBuffer in) throws Refused {
    long value = 0;
    for (int shift = 0; shift < 64 && in.hasRemaining(); shift += 7) {
      byte next = in.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new Refused("a number that does not end");
  }

  /** One block of snappy's own format, without frames. */
  private static byte[] snappy(byte[] block) throws Refused {
    ByteBuffer in = ByteBuffer.wrap(block);
    long length = varint(in);
    if (length < 0 || length > BODY_BYTES_MAX) {
      throw new Refused("larger than " + BODY_BYTES_MAX + " bytes");
    }
    ByteBuffer out = ByteBuffer.allocate((int) length);
    while (in.hasRemaining()) {
      int tag = in.get() & 0xff;
      switch (tag & 3) {
        case 0 -> {
          int extra = (tag >> 2) - 59;
          out.put(bytes(in, 1 + (extra > 0 ? little(in, extra) : tag >> 2)));
        }
        case 1 -> copy(out, ((tag >> 5) << 8) | little(in, 1), 4 + ((tag >> 2) & 7));
        case 2 -> copy(out, little(in, 2), 1 + (tag >> 2));
        default -> copy(out, little(in, 4), 1 + (tag >> 2));
      }
    }
    if (out.hasRemaining()) {
      throw new Refused("a snappy block that ends too soon");
    }
    return out.array();
  }

  private static int little(ByteBuffer in, int bytes) {
    int value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (in.get() & 0xff) << (8 * i);
    }
    return value;
  }

  private static void copy(ByteBuffer out, int distance, int length) throws Refused {
    if (distance <= 0 || distance > out.position()) {
      throw new Refused("a snappy copy from before the beginning");
    }
    for (int i = 0; i < length; i++) {
      out.put(out.get(out.position() - distance));
    }
  }
}
