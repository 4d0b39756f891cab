package io.jethproxy.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A span as OTLP's protobuf has it, read by hand: only the fields that tests look at.
 *
 * @param parentId empty when it has none
 * @param kind 2 for SERVER, 3 for CLIENT
 * @param status 0 when unset, 2 for an error
 * @param flags the lowest byte is W3C's; 0x100 says that the next bit counts, 0x200 that the parent
 *     is remote
 * @param attributes as text
 * @param resource the attributes of who made it
 */
public record OtlpSpan(
    String traceId,
    String spanId,
    String parentId,
    String name,
    int kind,
    long startNanos,
    long endNanos,
    int status,
    int flags,
    Map<String, String> attributes,
    Map<String, String> resource) {

  public boolean isServer() {
    return kind == 2;
  }

  public boolean isClient() {
    return kind == 3;
  }

  /** An attribute; empty when it is not there. */
  public String get(String attribute) {
    return attributes.getOrDefault(attribute, "");
  }

  /** All spans of an {@code ExportTraceServiceRequest}. */
  static List<OtlpSpan> read(byte[] request) {
    List<OtlpSpan> spans = new ArrayList<>();
    for (Field ofResource : fields(ByteBuffer.wrap(request))) {
      Map<String, String> resource = new TreeMap<>();
      List<Field> fields = fields(ofResource.bytes());
      for (Field field : fields) {
        if (field.number() == 1) {
          attributes(fields(field.bytes()), 1, resource);
        }
      }
      for (Field field : fields) {
        if (field.number() == 2) {
          for (Field inScope : fields(field.bytes())) {
            if (inScope.number() == 2) {
              spans.add(span(fields(inScope.bytes()), resource));
            }
          }
        }
      }
    }
    return spans;
  }

  private static OtlpSpan span(List<Field> fields, Map<String, String> resource) {
    Map<String, String> attributes = new TreeMap<>();
    attributes(fields, 9, attributes);
    int status = 0;
    for (Field field : fields) {
      if (field.number() == 15) {
        status = (int) number(fields(field.bytes()), 3);
      }
    }
    return new OtlpSpan(
        hex(fields, 1),
        hex(fields, 2),
        hex(fields, 4),
        text(fields, 5),
        (int) number(fields, 6),
        number(fields, 7),
        number(fields, 8),
        status,
        (int) number(fields, 16),
        attributes,
        resource);
  }

  private static void attributes(List<Field> fields, int number, Map<String, String> into) {
    for (Field field : fields) {
      if (field.number() == number) {
        List<Field> pair = fields(field.bytes());
        String key = text(pair, 1);
        for (Field value : pair) {
          if (value.number() == 2) {
            List<Field> any = fields(value.bytes());
            String text = text(any, 1);
            into.put(key, text.isEmpty() ? Long.toString(number(any, 2) + number(any, 3)) : text);
          }
        }
      }
    }
  }

  private record Field(int number, long value, ByteBuffer bytes) {}

  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  private static List<Field> fields(ByteBuffer message) {
    ByteBuffer in = message.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    List<Field> fields = new ArrayList<>();
    while (in.hasRemaining()) {
      long tag = varint(in);
      int number = (int) (tag >>> 3);
      fields.add(
          switch ((int) tag & 7) {
            case 0 -> new Field(number, varint(in), NONE);
            case 1 -> new Field(number, in.getLong(), NONE);
            case 2 -> {
              int length = (int) varint(in);
              ByteBuffer bytes = in.slice(in.position(), length);
              in.position(in.position() + length);
              yield new Field(number, 0, bytes);
            }
            case 5 -> new Field(number, in.getInt(), NONE);
            default -> throw new IllegalArgumentException("no protobuf: tag " + tag);
          });
    }
    return fields;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  private static byte[] bytes(List<Field> fields, int number) {
    for (Field field : fields) {
      if (field.number() == number) {
        byte[] bytes = new byte[field.bytes().remaining()];
        field.bytes().duplicate().get(bytes);
        return bytes;
      }
    }
    return new byte[0];
  }

  private static String text(List<Field> fields, int number) {
    return new String(bytes(fields, number), StandardCharsets.UTF_8);
  }

  private static String hex(List<Field> fields, int number) {
    return HexFormat.of().formatHex(bytes(fields, number));
  }

  private static long number(List<Field> fields, int number) {
    for (Field field : fields) {
      if (field.number() == number) {
        return field.value();
      }
    }
    return 0;
  }
}
