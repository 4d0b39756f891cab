package io.jethproxy.eth;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A data file beside a class: a JSON array with one object per line. */
public final class DataFile {

  private DataFile() {}

  /**
   * All rows of the file, in order. A file that is missing or malformed is a defect of the build.
   */
  static List<JsonNode> rows(String name) {
    return rows(DataFile.class, name);
  }

  /** All rows of the file beside the class, in order. */
  public static List<JsonNode> rows(Class<?> owner, String name) {
    try (InputStream in = owner.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("resource missing: " + name);
      }
      JsonMapper mapper =
          JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
      List<JsonNode> rows = new ArrayList<>();
      mapper.readTree(in).forEach(rows::add);
      return rows;
    } catch (IOException e) {
      throw new UncheckedIOException("resource unreadable: " + name, e);
    }
  }

  static List<String> strings(JsonNode row, String field) {
    List<String> strings = new ArrayList<>();
    row.required(field).forEach(each -> strings.add(each.asString()));
    return strings;
  }
}
