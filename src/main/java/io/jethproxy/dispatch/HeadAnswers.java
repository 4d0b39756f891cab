package io.jethproxy.dispatch;

import io.jethproxy.call.Call;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Trouble;
import io.jethproxy.eth.BlockRef;
import io.jethproxy.eth.BlockRefs;
import io.jethproxy.eth.Hex;
import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.Provider;
import io.jethproxy.rpc.JsonCursor;
import io.jethproxy.rpc.RawJson;

/**
 * Answers that tell the head: they teach where a provider is, are believed within reason only, and
 * clients get what the network has agreed on, and never less than they were told before.
 */
record HeadAnswers(Fleet fleet, ToldHead told) {

  /** The outcome as it may be used. */
  Outcome check(Call call, Provider provider, Outcome outcome) {
    if (!(outcome instanceof Outcome.Answer answer)) {
      return outcome;
    }
    return switch (call.request().method()) {
      case "eth_blockNumber" -> checkNumber(provider, answer);
      case "eth_getBlockByNumber", "eth_getHeaderByNumber" -> {
        if (BlockRefs.of(call.method(), call.request().params()).equals(BlockRef.LATEST)) {
          learn(provider, numberOf(answer.result()));
        }
        yield answer;
      }
      default -> answer;
    };
  }

  private Outcome checkNumber(Provider provider, Outcome.Answer answer) {
    long number = quantity(answer.result());
    if (number < 0 || !fleet.mayHaveReached(number)) {
      return new Outcome.Unserved(Trouble.WRONG_ANSWER, answer.by());
    }
    provider.sawBlock(number);
    long agreed = fleet.agreedHead(); // one that is ahead alone would make the head go back next
    long newest = told.tell(agreed < 0 ? number : agreed, fleet);
    return number == newest
        ? answer
        : new Outcome.Answer(
            RawJson.of('"' + Hex.quantity(newest) + '"'), answer.by(), answer.firm());
  }

  private void learn(Provider provider, long number) {
    if (number >= 0 && fleet.mayHaveReached(number)) {
      provider.sawBlock(number);
      told.tell(number, fleet);
    }
  }

  /** The member {@code number} of a block, which stands near its beginning; negative without. */
  private static long numberOf(RawJson block) {
    if (block.first() != '{') {
      return Hex.NO_QUANTITY;
    }
    JsonCursor cursor = JsonCursor.over(block);
    cursor.enterObject();
    while (cursor.nextMember()) {
      if (cursor.nameIs("number")) {
        return quantity(cursor.value());
      }
      cursor.skip();
    }
    return Hex.NO_QUANTITY;
  }

  private static long quantity(RawJson text) {
    return text.first() == '"'
        ? Hex.quantity(text.bytes(), text.from() + 1, text.to() - 1)
        : Hex.NO_QUANTITY;
  }
}
