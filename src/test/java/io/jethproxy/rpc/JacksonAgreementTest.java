package io.jethproxy.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.rpc.JacksonOracle.Member;
import io.jethproxy.rpc.JacksonOracle.Opinion;
import io.jethproxy.rpc.JacksonOracle.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The scanner against Jackson, on documents made from seeds; a failure names its seed. */
class JacksonAgreementTest {

  private static final int SEEDS = 20_000;
  private static final int DEPTH_MAX = 8;

  private final JacksonOracle oracle = new JacksonOracle(DEPTH_MAX);

  @Test
  void everyVerdictOnValidAndMutatedDocumentsIsJacksons() {
    int valid = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      RandomJson random = new RandomJson(seed);
      byte[] document = random.document();
      byte[] mutant = random.mutant(document);

      assertThat(isValid(document)).as(() -> describe(document)).isTrue();
      Verdict verdict = oracle.judge(mutant).verdict();
      if (verdict != Verdict.UNDECIDED) {
        assertThat(isValid(mutant))
            .as("seed %s: %s", seed, describe(mutant))
            .isEqualTo(verdict == Verdict.VALID);
      }
      valid += verdict == Verdict.VALID ? 1 : 0;
    }

    // Both verdicts must be common, or the comparison says little.
    assertThat(valid).isBetween(SEEDS / 20, SEEDS / 2);
  }

  @Test
  void everyVerdictOnListsOfAlikeObjectsIsJacksons() {
    int valid = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      RandomJson random = new RandomJson(seed);
      byte[] list = random.alike();
      byte[] mutant = random.mutant(list);

      assertThat(isValid(list)).as(() -> describe(list)).isTrue();
      Verdict verdict = oracle.judge(mutant).verdict();
      if (verdict != Verdict.UNDECIDED) {
        assertThat(isValid(mutant))
            .as("seed %s: %s", seed, describe(mutant))
            .isEqualTo(verdict == Verdict.VALID);
      }
      valid += verdict == Verdict.VALID ? 1 : 0;
    }

    assertThat(valid).isBetween(SEEDS / 20, SEEDS / 2);
  }

  @Test
  void everyMemberFoundHasTheNameAndTheValueThatJacksonFinds() {
    int compared = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      RandomJson random = new RandomJson(seed);
      byte[] document = random.envelope();
      byte[] body = seed % 2 == 0 ? document : random.mutant(document);

      Opinion opinion = oracle.judge(body);

      if (opinion.verdict() != Verdict.UNDECIDED) {
        assertThat(members(body))
            .as("seed %s: %s", seed, describe(body))
            .isEqualTo(opinion.members());
      }
      compared += opinion.members().map(List::size).orElse(0);
    }

    assertThat(compared).isGreaterThan(SEEDS);
  }

  @Test
  void replyIsReadIfAndOnlyIfJacksonReadsIt() {
    JacksonOracle replies = new JacksonOracle(512);
    int read = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      RandomJson random = new RandomJson(seed);
      String head = "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":";
      byte[] body =
          random.mutant(
              (head + new String(random.document(), StandardCharsets.UTF_8) + "}")
                  .getBytes(StandardCharsets.UTF_8));

      Received received = Wire.readReply(body, 0, body.length, 7);

      Opinion opinion = replies.judge(body);
      if (opinion.verdict() == Verdict.INVALID) {
        assertThat(received).as(describe(body)).isInstanceOf(Received.Malformed.class);
      } else if (opinion.verdict() == Verdict.VALID
          && received instanceof Received.Replied(Result(RawJson value))) {
        assertThat(opinion.members().orElseThrow())
            .as(describe(body))
            .contains(new Member("result", tokens(replies, value)));
        read++;
      }
    }

    assertThat(read).isGreaterThan(SEEDS / 20);
  }

  private static boolean isValid(byte[] bytes) {
    var cursor = new JsonCursor(bytes, 0, bytes.length, DEPTH_MAX, Integer.MAX_VALUE);
    cursor.skip();
    return cursor.isComplete();
  }

  private Optional<List<Member>> members(byte[] bytes) {
    var cursor = new JsonCursor(bytes, 0, bytes.length, DEPTH_MAX, Integer.MAX_VALUE);
    List<Member> members = new ArrayList<>();
    cursor.enterObject();
    while (cursor.nextMember()) {
      String name = cursor.name();
      RawJson value = cursor.value();
      if (!value.isAbsent()) {
        members.add(new Member(name, tokens(oracle, value)));
      }
    }
    return cursor.isComplete() ? Optional.of(members) : Optional.empty();
  }

  private static List<String> tokens(JacksonOracle oracle, RawJson value) {
    byte[] slice = Arrays.copyOfRange(value.bytes(), value.from(), value.to());
    return oracle.judge(slice).tokens();
  }

  private static String describe(byte[] bytes) {
    return JsonText.quote(new String(bytes, StandardCharsets.ISO_8859_1));
  }
}
