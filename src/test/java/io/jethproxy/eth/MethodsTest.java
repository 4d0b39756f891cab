package io.jethproxy.eth;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.eth.MethodSpec.BlockParam;
import io.jethproxy.eth.MethodSpec.BlockParam.Kind;
import io.jethproxy.eth.MethodSpec.Caching;
import io.jethproxy.eth.MethodSpec.Effect;
import io.jethproxy.eth.MethodSpec.Exposure;
import io.jethproxy.eth.MethodSpec.Need;
import io.jethproxy.eth.MethodSpec.Pace;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MethodsTest {

  private static final Methods METHODS = Methods.load();

  static Stream<MethodSpec> known() {
    return StreamSupport.stream(METHODS.known().spliterator(), false);
  }

  @Test
  void takesAnUnknownMethodForACarefulRead() {
    assertThat(METHODS.of("acme_getWidget"))
        .isEqualTo(
            new MethodSpec(
                "acme_getWidget",
                Effect.READ,
                Exposure.OPEN,
                Caching.NEVER,
                BlockParam.NONE,
                Need.NOTHING,
                Pace.MEDIUM,
                false,
                false));
    assertThat(METHODS.knows("acme_getWidget")).isFalse();
    assertThat(METHODS.of("eth_somethingNew").exposure()).isEqualTo(Exposure.OPEN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "admin_addPeer",
        "admin_whatever",
        "personal_sign",
        "engine_newPayloadV4",
        "engine_x",
        "miner_start",
        "clique_propose",
        "clique_discard",
        "clique_x",
        "les_x",
        "perm_x",
        "plugins_reloadPlugin",
        "priv_x",
        "privx_x",
        "eea_sendRawTransaction",
        "opp2p_peers",
        "db_getString",
        "shh_post",
        "bzz_x",
        "hardhat_setBalance",
        "anvil_mine",
        "evm_revert",
        "evm_mine",
        "testing_buildBlockV1",
        "parity_enode",
        "parity_setEngineSigner",
        "parity_x",
        "eth_sign",
        "eth_signTransaction",
        "eth_signTypedData",
        "eth_signTypedData_v4",
        "eth_signAnything",
        "eth_sendTransaction",
        "eth_coinbase",
        "eth_submitWork",
        "eth_submitAnything",
        "eth_setAnything",
        "eth_resend",
        "eth_pendingTransactions",
        "debug_setHead",
        "debug_setAnything",
        "debug_writeAnything",
        "debug_startCPUProfile",
        "debug_freeOSMemory",
        "debug_chaindbCompact",
        "debug_dbGet",
        "debug_stacks",
        "debug_verbosity",
        "debug_standardTraceBlockToFile",
        "acme_setOwner",
        "acme_signMessage",
        "acme_shutdown",
        "net_enode",
        "net_addPeer",
        "reth_newPayload",
        "erigon_nodeInfo",
        "author_rotateKeys",
        "wallet_addEthereumChain",
        "kaia_sendTransaction",
        "klay_sign",
        "conductor_overrideLeader"
      })
  void deniesWhatTouchesTheNodeOrItsKeys(String name) {
    assertThat(METHODS.of(name).exposure()).isEqualTo(Exposure.DENIED);
    assertThat(METHODS.of(name).name()).isEqualTo(name);
    assertThat(METHODS.of(name.toUpperCase(Locale.ROOT)).exposure()).isEqualTo(Exposure.DENIED);
    assertThat(METHODS.of(name.toLowerCase(Locale.ROOT)).exposure()).isEqualTo(Exposure.DENIED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "eth_call ",
        " eth_call",
        "eth_call\u0000",
        "eth_call\n",
        "eth.call",
        "rpc.discover",
        "\u0430dmin_addPeer",
        "adm\u0131n_addPeer",
        "admin\uFF3FaddPeer",
        "eth_s\u0456gn",
        "eth_call\u200B",
        "eth_\u212Aall",
        "admin-addPeer",
        "eth_call/../admin_addPeer",
        "{\"a\":1}"
      })
  void deniesNamesWithCharactersThatNoMethodHas(String name) {
    assertThat(METHODS.of(name).exposure()).isEqualTo(Exposure.DENIED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Eth_call",
        "ETH_CALL",
        "eth_Call",
        "eth_sendrawtransaction",
        "eth_getblockbynumber",
        "Admin_addPeer",
        "ADMIN_ADDPEER",
        "Debug_setHead",
        "eth_Sign",
        "Trace_Block"
      })
  void letsNoOtherSpellingOfAKnownNameThrough(String name) {
    assertThat(METHODS.of(name).exposure()).isEqualTo(Exposure.DENIED);
  }

  @Test
  void deniesNamesLongerThanAnyMethod() {
    assertThat(METHODS.of("a".repeat(101)).exposure()).isEqualTo(Exposure.DENIED);
    assertThat(METHODS.of("a".repeat(100)).exposure()).isEqualTo(Exposure.OPEN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "debug_traceTransaction",
        "debug_traceCall",
        "debug_newTracer",
        "trace_block",
        "trace_filter",
        "trace_new",
        "arbtrace_call",
        "txpool_content",
        "txpool_new"
      })
  void keepsTracesBehindTheirSwitch(String name) {
    assertThat(METHODS.of(name).exposure()).isEqualTo(Exposure.TRACE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "eth_chainId",
        "net_version",
        "eth_accounts",
        "eth_syncing",
        "net_listening",
        "eth_mining",
        "eth_hashrate",
        "web3_clientVersion",
        "web3_sha3",
        "rpc_modules"
      })
  void answersWhatTheGatewayKnowsItself(String name) {
    assertThat(METHODS.of(name).exposure()).isEqualTo(Exposure.LOCAL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "eth_sendPrivateTransaction",
        "eth_sendPrivateRawTransaction",
        "eth_sendBundle",
        "eth_callBundle",
        "eth_cancelBundle",
        "mev_sendBundle",
        "mev_new",
        "eth_sendUserOperation",
        "eth_sendRawTransactionConditional",
        "eth_sendSomethingNew",
        "acme_broadcastTransaction"
      })
  void sendsPrivatelyWhatMustNotReachThePublic(String name) {
    assertThat(METHODS.of(name).exposure()).isEqualTo(Exposure.PRIVATE);
    assertThat(METHODS.of(name).effect()).isEqualTo(Effect.PRIVATE_SEND);
    assertThat(METHODS.of(name).hedgeable()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "eth_blockNumber, NEVER, NONE, -1, NOTHING, FAST, false",
    "eth_getBlockByNumber, FINALIZED, BLOCK, 0, HISTORY, MEDIUM, true",
    "eth_getBlockByHash, BY_HASH, HASH, 0, HISTORY, MEDIUM, true",
    "eth_getBlockReceipts, FINALIZED, BLOCK, 0, HISTORY, MEDIUM, true",
    "eth_getBlockTransactionCountByNumber, FINALIZED, BLOCK, 0, HISTORY, FAST, true",
    "eth_getUncleByBlockHashAndIndex, NEVER, HASH, 0, HISTORY, FAST, false",
    "eth_getTransactionByHash, FINALIZED, TRANSACTION, 0, HISTORY, FAST, true",
    "eth_getTransactionReceipt, FINALIZED, TRANSACTION, 0, HISTORY, FAST, true",
    "eth_getBalance, FINALIZED, BLOCK, 1, STATE, FAST, false",
    "eth_getCode, FINALIZED, BLOCK, 1, STATE, FAST, false",
    "eth_getTransactionCount, FINALIZED, BLOCK, 1, STATE, FAST, false",
    "eth_getStorageAt, FINALIZED, BLOCK, 2, STATE, FAST, false",
    "eth_getProof, FINALIZED, BLOCK, 2, STATE, SLOW, false",
    "eth_call, FINALIZED, BLOCK, 1, STATE, MEDIUM, false",
    "eth_estimateGas, UNTIL_NEXT_BLOCK, BLOCK, 1, STATE, MEDIUM, false",
    "eth_simulateV1, FINALIZED, BLOCK, 1, STATE, SLOW, false",
    "eth_feeHistory, FINALIZED, BLOCK, 1, HISTORY, MEDIUM, false",
    "eth_gasPrice, UNTIL_NEXT_BLOCK, NONE, -1, NOTHING, FAST, false",
    "eth_getLogs, FINALIZED, RANGE, 0, HISTORY, SLOW, true",
    "erigon_getLogs, FINALIZED, RANGE, 0, HISTORY, SLOW, true",
    "ots_getBlockDetails, FINALIZED, BLOCK, 0, HISTORY, MEDIUM, true",
    "kaia_getBalance, FINALIZED, BLOCK, 1, STATE, FAST, false",
    "parity_getBlockReceipts, FINALIZED, BLOCK, 0, HISTORY, MEDIUM, true",
  })
  void knowsTheReads(
      String name,
      Caching caching,
      Kind kind,
      int index,
      Need need,
      Pace pace,
      boolean suspicious) {
    assertThat(METHODS.of(name))
        .isEqualTo(
            new MethodSpec(
                name,
                Effect.READ,
                Exposure.OPEN,
                caching,
                new BlockParam(kind, index),
                need,
                pace,
                true,
                suspicious));
  }

  @ParameterizedTest
  @CsvSource({
    "eth_sendRawTransaction, BROADCAST",
    "eth_sendRawTransactionSync, BROADCAST",
    "zks_sendRawTransactionWithDetailedOutput, BROADCAST",
    "eth_newFilter, FILTER",
    "eth_newBlockFilter, FILTER",
    "eth_newPendingTransactionFilter, FILTER",
    "eth_getFilterChanges, FILTER",
    "eth_getFilterLogs, FILTER",
    "eth_uninstallFilter, FILTER",
    "eth_subscribe, SUBSCRIPTION",
    "eth_unsubscribe, SUBSCRIPTION"
  })
  void knowsWhatIsNoRead(String name, Effect effect) {
    MethodSpec spec = METHODS.of(name);

    assertThat(spec.effect()).isEqualTo(effect);
    assertThat(spec.exposure()).isEqualTo(Exposure.OPEN);
    assertThat(spec.caching()).isEqualTo(Caching.NEVER);
    assertThat(spec.hedgeable()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("known")
  void hasOnlyRowsThatMakeSense(MethodSpec spec) {
    assertThat(spec.name()).matches("[a-z][A-Za-z0-9]*_[A-Za-z][A-Za-z0-9_]*");
    if (spec.effect() != Effect.READ) {
      assertThat(spec.hedgeable()).isFalse();
      assertThat(spec.caching()).isEqualTo(Caching.NEVER);
      assertThat(spec.emptyIsSuspicious()).isFalse();
    }
    assertThat(spec.effect() == Effect.NODE).isEqualTo(spec.exposure() == Exposure.DENIED);
    if (spec.effect() == Effect.PRIVATE_SEND) {
      assertThat(spec.exposure()).isEqualTo(Exposure.PRIVATE);
    }
    switch (spec.block().kind()) {
      case NONE -> {
        assertThat(spec.block()).isEqualTo(BlockParam.NONE);
        assertThat(spec.caching()).isIn(Caching.NEVER, Caching.STATIC, Caching.UNTIL_NEXT_BLOCK);
      }
      case HASH -> assertThat(spec.caching()).isIn(Caching.BY_HASH, Caching.NEVER);
      case BLOCK, RANGE, TRANSACTION ->
          assertThat(spec.caching())
              .isIn(Caching.FINALIZED, Caching.UNTIL_NEXT_BLOCK, Caching.NEVER);
    }
    assertThat(spec.block().index()).isBetween(-1, 3);
  }

  @Test
  void deniesNoKnownReadByItsOwnRules() {
    // A row of its own comes before every rule: the file says so by having the row.
    assertThat(METHODS.of("parity_getBlockReceipts").exposure()).isEqualTo(Exposure.OPEN);
    assertThat(METHODS.of("clique_getSigners").exposure()).isEqualTo(Exposure.OPEN);
    assertThat(METHODS.of("net_peerCount").exposure()).isEqualTo(Exposure.OPEN);
  }

  @Test
  void hasEveryMethodThatApplicationsUse() {
    assertThat(known().count()).isGreaterThan(300);
    assertThat(
            List.of(
                "eth_blobBaseFee", "eth_createAccessList", "eth_getBlockReceipts", "eth_config"))
        .allSatisfy(name -> assertThat(METHODS.knows(name)).isTrue());
  }
}
