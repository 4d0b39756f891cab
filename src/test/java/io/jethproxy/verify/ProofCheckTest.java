package io.jethproxy.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Outcome;
import io.jethproxy.chain.KnownChain;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Proofs that anvil gave for one of its blocks, and others. */
class ProofCheckTest {

  private static final String OTHER = "0x" + "7".repeat(64);

  private final JsonNode row = Asking.rows("anvil-proofs.json");
  private final JsonNode block = row.required("block");
  private final Asking asking =
      new Asking().knowing(KnownChain.of(KnownChain.block(block.toString())));

  private ObjectNode proof(String whose) {
    return (ObjectNode) row.required(whose).deepCopy();
  }

  private Outcome check(JsonNode asked, JsonNode answer) {
    return check(asked, block.required("number").toString(), answer);
  }

  private Outcome check(JsonNode asked, String reference, JsonNode answer) {
    String keys =
        asked
            .required("storageProof")
            .valueStream()
            .map(each -> each.required("key"))
            .toList()
            .toString();
    String params = "[%s,%s,%s]".formatted(asked.required("address"), keys, reference);
    return asking.check("eth_getProof", params, answer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"contract", "account", "nobody"})
  void passesWhatTheStateProves(String whose) {
    assertThat(check(proof(whose), proof(whose))).matches(Asking::isPassed);
    assertThat(asking.state(Aspect.STATE_PROOF)).isEqualTo(Profile.State.ON);
  }

  static Stream<Consumer<ObjectNode>> forgeries() {
    return Stream.of(
        each -> each.put("balance", "0x77"),
        each -> each.put("nonce", "0x77"),
        each -> each.put("codeHash", OTHER),
        each -> each.put("storageHash", OTHER),
        each -> ((ArrayNode) each.required("accountProof")).remove(0),
        each -> ((ArrayNode) each.required("accountProof")).removeAll(),
        each -> slot(each, 0).put("value", "0x6"),
        each -> slot(each, 0).put("value", "0x0"),
        each -> slot(each, 2).put("value", "0x1"),
        each -> slot(each, 0).put("key", OTHER),
        each -> ((ArrayNode) slot(each, 1).required("proof")).remove(1));
  }

  private static ObjectNode slot(ObjectNode proof, int index) {
    return (ObjectNode) proof.required("storageProof").get(index);
  }

  @ParameterizedTest
  @MethodSource("forgeries")
  void refusesWhatItDoesNot(Consumer<ObjectNode> forge) {
    check(proof("account"), proof("account"));
    ObjectNode forged = proof("contract");
    forge.accept(forged);

    assertThat(check(proof("contract"), forged)).matches(Asking::isWrong);
    assertThat(check(proof("contract"), "\"0x77\"", forged)).matches(Asking::isPassed);
  }

  @Test
  void believesNobodyThatAnAccountIsNotThereWithoutProof() {
    check(proof("account"), proof("account"));
    ObjectNode denied = proof("account").put("balance", "0x0").put("nonce", "0x0");

    assertThat(check(proof("account"), denied)).matches(Asking::isWrong);

    ObjectNode invented = proof("nobody").put("balance", "0x1");
    assertThat(check(proof("nobody"), invented)).matches(Asking::isWrong);
  }

  @Test
  void refusesAnotherAccountOrOtherSlotsThanThoseAskedForEvenOfBlocksThatAreNotKnown() {
    assertThat(check(proof("contract"), "\"0x77\"", proof("account"))).matches(Asking::isWrong);

    ObjectNode less = proof("contract");
    ((ArrayNode) less.required("storageProof")).remove(2);
    assertThat(check(proof("contract"), "\"0x77\"", less)).matches(Asking::isWrong);
  }

  @Test
  void blamesNobodyWhereStatesAreKeptInAnotherWay() {
    Asking zkSync = new Asking("zksync").knowing(KnownChain.of(KnownChain.block(block.toString())));
    ObjectNode own = proof("account").put("balance", "0x77");
    String params = "[%s,[],%s]".formatted(own.required("address"), block.required("number"));

    assertThat(zkSync.check("eth_getProof", params, own)).matches(Asking::isPassed);
  }

  @Test
  void isNotMisledByNodesThatAreNone() {
    check(proof("account"), proof("account"));
    for (String node : List.of("0x", "0x80", "0xc0", "0xf8", "0xffffffff", "not hex")) {
      ObjectNode odd = proof("account");
      odd.putArray("accountProof").add(node);

      assertThat(check(proof("account"), odd)).as(node).matches(Asking::isWrong);
    }
  }
}
