package io.jethproxy.rpc;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * What Jackson makes of a document. The JDK's strict decoder goes first, since Jackson is lenient
 * with UTF-8 and guesses encodings.
 */
final class JacksonOracle {

  /** What a document is. Jackson has no say on escaped lone surrogates in names: they are JSON. */
  enum Verdict {
    VALID,
    INVALID,
    UNDECIDED
  }

  /** One member of a top-level object: its name, and the tokens of its value. */
  record Member(String name, List<String> value) {}

  /** The verdict, and the tokens of a valid document. */
  record Opinion(Verdict verdict, List<String> tokens) {

    /** The members of a top-level object, in order; empty when the document is no valid object. */
    Optional<List<Member>> members() {
      if (verdict != Verdict.VALID || !tokens.getFirst().startsWith("START_OBJECT")) {
        return Optional.empty();
      }
      List<Member> members = new ArrayList<>();
      int depth = 0;
      for (String token : tokens) {
        if (token.startsWith("END_")) {
          depth--;
        }
        if (depth == 1 && token.startsWith(NAME)) {
          members.add(new Member(token.substring(NAME.length()), new ArrayList<>()));
        } else if (depth >= 1) {
          members.getLast().value().add(token);
        }
        if (token.startsWith("START_")) {
          depth++;
        }
      }
      return Optional.of(members);
    }
  }

  private static final String NAME = "PROPERTY_NAME ";

  private final JsonFactory factory;

  JacksonOracle(int depthMax) {
    factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(depthMax)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();
  }

  Opinion judge(byte[] bytes) {
    Optional<String> text = decode(bytes);
    List<String> tokens = new ArrayList<>();
    if (text.isEmpty()) {
      return new Opinion(Verdict.INVALID, tokens);
    }
    int roots = 0;
    try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), text.get())) {
      int depth = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        tokens.add(token + " " + parser.getString());
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        roots += depth == 0 ? 1 : 0;
      }
    } catch (JacksonException problem) {
      boolean aboutSurrogates = problem.getOriginalMessage().contains("surrogate");
      return new Opinion(aboutSurrogates ? Verdict.UNDECIDED : Verdict.INVALID, tokens);
    }
    return new Opinion(roots == 1 ? Verdict.VALID : Verdict.INVALID, tokens);
  }

  private static Optional<String> decode(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes))
              .toString());
    } catch (CharacterCodingException _) {
      return Optional.empty();
    }
  }
}
