package io.jethproxy.hints;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.RunningGateway;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Waiting transactions come by the providers' sockets while somebody wants them. */
class PendingBySocketTest {

  private final SocketRig rig = new SocketRig();

  @AfterEach
  void close() {
    rig.close();
  }

  private static String hash(int i) {
    return "0x" + "%064x".formatted(i);
  }

  private static String newFilter(RunningGateway gateway) {
    return gateway.client().call("eth_newPendingTransactionFilter", "[]").result().toString();
  }

  private static List<String> changes(RunningGateway gateway, String filter) {
    List<String> hashes = new ArrayList<>();
    JsonNode changes = gateway.client().call("eth_getFilterChanges", "[" + filter + "]").result();
    changes.forEach(hash -> hashes.add(hash.asString()));
    return hashes;
  }

  private RunningGateway wanting() {
    RunningGateway gateway = rig.withSockets();
    newFilter(gateway);
    gateway.await(() -> rig.one.sockets().pendingSubscriptions() == 1, "one tells of them");
    gateway.await(() -> rig.two.sockets().pendingSubscriptions() == 1, "two tells of them");
    rig.pass(gateway, 1);
    return gateway;
  }

  private void tell(RunningGateway gateway, int from, int to) {
    long before = transactions(gateway);
    for (int i = from; i < to; i++) {
      rig.one.sockets().tellPending("\"" + hash(i) + "\"");
      rig.two.sockets().tellPending("\"" + hash(i) + "\"");
    }
    gateway.await(() -> transactions(gateway) >= before + 2L * (to - from), "they came");
  }

  private static long transactions(RunningGateway gateway) {
    return SocketRig.sockets(gateway).stream()
        .mapToLong(socket -> socket.path("transactions").asLong())
        .sum();
  }

  @Test
  void eachIsToldOnceThoughBothTellOfIt() {
    RunningGateway gateway = wanting();
    String filter = newFilter(gateway);

    tell(gateway, 1, 6);

    assertThat(changes(gateway, filter))
        .containsExactlyInAnyOrder(hash(1), hash(2), hash(3), hash(4), hash(5));
    assertThat(changes(gateway, filter)).isEmpty();
  }

  @Test
  void nobodySubscribesWhenNobodyWantsThem() {
    RunningGateway gateway = rig.withSockets();
    rig.mining(gateway, 24, 12);

    assertThat(rig.one.asked("eth_subscribe")).hasSize(1);
  }

  @Test
  void providersWithASocketAreNotPolledForThem() {
    RunningGateway gateway = wanting();
    String filter = newFilter(gateway);
    rig.one.forgetAsked();
    rig.two.forgetAsked();

    for (int i = 0; i < 5; i++) {
      rig.pass(gateway, 1);
      changes(gateway, filter);
    }

    assertThat(rig.one.count("eth_getFilterChanges")).isZero();
    assertThat(rig.one.count("eth_newPendingTransactionFilter")).isZero();
    assertThat(rig.two.count("eth_newPendingTransactionFilter")).isZero();
  }

  @Test
  void afterAReconnectTheyComeAgain() {
    RunningGateway gateway = wanting();
    String filter = newFilter(gateway);
    rig.one.sockets().reset();
    rig.two.sockets().hangUp(1001);
    gateway.await(() -> rig.one.sockets().opened() == 2, "one is opened anew");
    changes(gateway, filter);
    gateway.await(() -> rig.one.sockets().pendingSubscriptions() == 1, "one tells again");
    gateway.await(() -> rig.two.sockets().pendingSubscriptions() == 1, "two tells again");
    rig.pass(gateway, 1);

    tell(gateway, 10, 13);

    assertThat(changes(gateway, filter)).contains(hash(10), hash(11), hash(12));
  }

  @Test
  void aMinuteAfterTheLastClientTheyAreNotAskedForAnyMore() {
    RunningGateway gateway = wanting();

    rig.mining(gateway, 65, 12);

    gateway.await(() -> rig.one.sockets().pendingSubscriptions() == 0, "one has ceased");
    assertThat(rig.one.sockets().headSubscriptions()).isEqualTo(1);
  }

  @Test
  void whatIsNoHashIsNotTaken() {
    RunningGateway gateway = wanting();
    String filter = newFilter(gateway);

    rig.one.sockets().tellPending("{\"hash\":\"" + hash(7) + "\"}");
    rig.one.sockets().tellPending("\"0x12\"");
    gateway.await(
        () -> SocketRig.socket(gateway, 0).path("ignored").asInt() == 2, "they are counted");

    assertThat(changes(gateway, filter)).isEmpty();
  }
}
