package io.jethproxy.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.jethproxy.rpc.Incoming.Item;
import io.jethproxy.rpc.JacksonOracle.Verdict;
import java.util.Arrays;
import java.util.List;

/**
 * Whatever comes in, nothing throws, and Jackson agrees on what is JSON. Replays the saved inputs
 * in the build; {@code JAZZER_FUZZ=1} with one test named looks for new ones.
 */
class WireFuzzTest {

  private static final JacksonOracle CLIENT = new JacksonOracle(64);
  private static final JacksonOracle PROVIDER = new JacksonOracle(512);

  @FuzzTest(maxDuration = "1m")
  void clientEnvelopeIsReadableExactlyWhenItIsJson(byte[] body) {
    Incoming incoming = Wire.read(body, 0, body.length, Limits.DEFAULTS);

    Verdict verdict = CLIENT.judge(body).verdict();
    boolean parseError =
        incoming instanceof Incoming.Unreadable(Fault fault, boolean _)
            && fault.code() == Fault.PARSE_ERROR;
    if (verdict == Verdict.INVALID) {
      assertThat(parseError).isTrue();
    } else if (verdict == Verdict.VALID && parseError) {
      assertThat(((Incoming.Unreadable) incoming).fault().message()).contains("100 characters");
    }
  }

  @FuzzTest(maxDuration = "1m")
  void batchIsSplitIntoItsElements(byte[] body) {
    Incoming incoming = Wire.read(body, 0, body.length, Limits.DEFAULTS);

    if (incoming instanceof Incoming.Many(List<Item> items)) {
      JacksonOracle.Opinion opinion = CLIENT.judge(body);
      if (opinion.verdict() != Verdict.UNDECIDED) {
        assertThat(items).hasSize(elements(opinion));
      }
      for (Item item : items) {
        check(item);
      }
    }
  }

  private static void check(Item item) {
    switch (item) {
      case Item.Valid(Request request) -> {
        assertValid(request.id());
        assertValid(request.params());
        byte[] sent = Wire.request(1, request.method(), request.params());
        var again =
            (Incoming.One) Wire.read(sent, 0, sent.length, new Limits(64, 9, 1, 1_536, 1_000));
        assertThat(((Item.Valid) again.item()).request().method()).isEqualTo(request.method());
      }
      case Item.Invalid(RawJson id, Fault fault) -> {
        assertValid(id);
        assertThat(fault.code()).isEqualTo(Fault.INVALID_REQUEST);
      }
    }
  }

  private static void assertValid(RawJson value) {
    if (!value.isAbsent()) {
      assertThat(PROVIDER.judge(slice(value)).verdict()).isNotEqualTo(Verdict.INVALID);
    }
  }

  @FuzzTest(maxDuration = "1m")
  void replyIsMalformedOrHoldsWhatJacksonFinds(byte[] body) {
    Received received = Wire.readReply(body, 0, body.length, 7);
    Wire.readLoose(body, 0, body.length);

    JacksonOracle.Opinion opinion = PROVIDER.judge(body);
    if (opinion.verdict() == Verdict.INVALID) {
      assertThat(received).isInstanceOf(Received.Malformed.class);
    } else if (received instanceof Received.Replied(Result(RawJson value))
        && opinion.verdict() == Verdict.VALID) {
      List<String> tokens = PROVIDER.judge(slice(value)).tokens();
      assertThat(opinion.members().orElseThrow())
          .contains(new JacksonOracle.Member("result", tokens));
    }
  }

  private static byte[] slice(RawJson value) {
    return Arrays.copyOfRange(value.bytes(), value.from(), value.to());
  }

  /** How many elements the top-level array has. */
  private static int elements(JacksonOracle.Opinion opinion) {
    int elements = 0;
    int depth = 0;
    for (String token : opinion.tokens()) {
      if (token.startsWith("END_")) {
        depth--;
        continue;
      }
      elements += depth == 1 ? 1 : 0;
      depth += token.startsWith("START_") ? 1 : 0;
    }
    return elements;
  }
}
