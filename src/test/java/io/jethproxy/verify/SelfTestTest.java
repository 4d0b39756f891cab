package io.jethproxy.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Outcome;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.KnownChain;
import io.jethproxy.chain.Moved;
import io.jethproxy.chain.View;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.Network;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.verify.Profile.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class SelfTestTest {

  private final ObjectNode row = Asking.row();
  private final Block genesis = KnownChain.block(row.required("genesis").toString());
  private final Block block = KnownChain.block(row.required("block").toString());
  private final View view = KnownChain.of(genesis, block);
  private final Verify verify = new Verify(_ -> {});
  private final List<String> asked = new ArrayList<>();
  private boolean isAnyoneThere = true;

  /** Held until it is given. */
  private Runnable answer = () -> {};

  private SelfTest onNetwork(String... quirks) {
    Network network = new Network(1, "mainnet", List.of(), 12_000, Set.of(quirks));
    return new SelfTest(network, verify, Methods.load(), () -> view, this::ask);
  }

  private boolean ask(int turn, String method, RawJson params, Consumer<Outcome> then) {
    JsonNode result =
        method.equals("eth_getBlockByHash") ? row.required("block") : row.required("receipts");
    if (isAnyoneThere) {
      asked.add(turn + " " + method);
      answer = () -> then.accept(new Outcome.Answer(RawJson.of(result.toString()), "a", false));
    }
    return isAnyoneThere;
  }

  private static void move(SelfTest test, Block... added) {
    test.accept(new Moved(List.of(), List.of(added), false));
  }

  private void giveAnswers() {
    for (int i = 0; i < 2; i++) {
      answer.run();
    }
  }

  private State state(Aspect aspect) {
    return verify.known(1).orElseThrow().state(aspect);
  }

  @Test
  void findsWhatHoldsByOneBlockAndAsksNothingMore() {
    SelfTest test = onNetwork();

    move(test, genesis, block);
    giveAnswers();
    move(test, block);

    assertThat(asked).containsExactly("0 eth_getBlockByHash", "0 eth_getBlockReceipts");
    for (Aspect aspect : Aspect.values()) {
      boolean isAboutMore = aspect == Aspect.BASE_FEE || aspect == Aspect.STATE_PROOF;
      assertThat(state(aspect)).as(aspect.name()).isEqualTo(isAboutMore ? State.UNKNOWN : State.ON);
    }
  }

  @Test
  void findsWhatDoesNotHoldAfterAFewBlocks() {
    SelfTest test = onNetwork();
    ((ArrayNode) row.required("receipts")).remove(4);
    ((ObjectNode) row.required("block").required("transactions").get(1)).put("value", "0x77");

    for (int i = 0; i < 2 * SelfTest.BLOCKS_MAX; i++) {
      move(test, block);
      giveAnswers();
    }

    assertThat(asked).hasSize(2 * SelfTest.BLOCKS_MAX).contains("4 eth_getBlockReceipts");
    assertThat(state(Aspect.TRANSACTIONS_ROOT)).isEqualTo(State.OFF);
    assertThat(state(Aspect.RECEIPTS_ROOT)).isEqualTo(State.OFF);
    assertThat(state(Aspect.TRANSACTION_HASH)).isEqualTo(State.ON);
  }

  @Test
  void asksNothingWhereTheExceptionsAreKnown() {
    SelfTest test = onNetwork("polygon-state-sync");

    move(test, block);

    assertThat(asked).isEmpty();
    assertThat(state(Aspect.RECEIPTS_ROOT)).isEqualTo(State.OFF);
  }

  @Test
  void asksNothingOfBlocksThatTellNothing() {
    move(onNetwork(), genesis);

    assertThat(asked).isEmpty();
  }

  @Test
  void triesOneBlockAtATimeAndTheNextWhenNobodyWasThere() {
    SelfTest test = onNetwork();
    isAnyoneThere = false;
    move(test, block);
    isAnyoneThere = true;

    move(test, block);
    move(test, block);

    assertThat(asked).containsExactly("1 eth_getBlockByHash");
  }
}
