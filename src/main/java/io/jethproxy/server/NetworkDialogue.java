package io.jethproxy.server;

import io.jethproxy.call.Refusal;
import io.jethproxy.eth.Network;
import java.util.function.Consumer;

/** JSON-RPC about one network. */
record NetworkDialogue(Network network, JsonRpc jsonRpc, Declined declined) implements Dialogue {

  @Override
  public int answer(byte[] message, Asker asker, Consumer<Render.Rendered> reply) {
    return jsonRpc.answer(message, network, asker, reply);
  }

  @Override
  public void refuse(
      byte[] message, Refusal refusal, Asker asker, Consumer<Render.Rendered> reply) {
    jsonRpc.refuse(message, refusal, asker, reply);
  }

  @Override
  public Render.Rendered defect(Throwable cause) {
    return declined.defect(cause);
  }
}
