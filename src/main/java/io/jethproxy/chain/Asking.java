package io.jethproxy.chain;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.jethproxy.call.Outcome;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.MethodSpec;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.Network;
import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.fleet.Provider;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks the providers of one network what the chain log needs. One after another until one answers
 * well; each once.
 */
public final class Asking {

  private static final long PROBE_NANOS = SECONDS.toNanos(5);

  private final Network network;
  private final Fleets fleets;
  private final Methods methods;
  private final Function<Provider, String> groups;
  private final Expenses expenses;

  /**
   * @param groups which providers are independent of each other
   */
  public Asking(
      Network network,
      Fleets fleets,
      Methods methods,
      Function<Provider, String> groups,
      Expenses expenses) {
    this.network = network;
    this.fleets = fleets;
    this.methods = methods;
    this.groups = groups;
    this.expenses = expenses;
  }

  Network network() {
    return network;
  }

  String groupOf(Provider provider) {
    return groups.apply(provider);
  }

  /** How many groups of providers there are, without those that are out. */
  int groupsInUse() {
    MethodSpec spec = methods.of("eth_blockNumber");
    return (int)
        providers().stream()
            .filter(provider -> !provider.standing(spec).isOut())
            .map(groups)
            .distinct()
            .count();
  }

  /** All providers that may be asked. */
  List<Provider> providers() {
    return fleets.of(network.chainId()).map(Fleet::providers).orElse(List.of()).stream()
        .filter(provider -> provider.isTrusted() && !provider.identity().privateSends())
        .toList();
  }

  /**
   * A block by its hash, from whoever has it; nothing when nobody does.
   *
   * @param accepts whether it may be taken; if not, the next one is asked
   */
  void blockByHash(
      Hash hash, BiPredicate<Provider, Block> accepts, BiConsumer<Provider, Block> then) {
    blockByHash(hash, providers(), accepts, then, () -> {});
  }

  void blockByHash(
      Hash hash,
      List<Provider> order,
      BiPredicate<Provider, Block> accepts,
      BiConsumer<Provider, Block> then,
      Runnable otherwise) {
    acceptable(
        order,
        "eth_getBlockByHash",
        RawJson.of("[\"" + hash + "\",false]"),
        (provider, result) ->
            Block.read(result)
                .filter(block -> block.hash().equals(hash) && accepts.test(provider, block)),
        then,
        otherwise);
  }

  /**
   * The block that a provider has at a height, whatever its hash.
   *
   * @param accepts whether it may be taken; if not, the next one is asked
   */
  void blockByNumber(
      long number,
      List<Provider> order,
      BiPredicate<Provider, Block> accepts,
      BiConsumer<Provider, Block> then,
      Runnable otherwise) {
    acceptable(
        order,
        "eth_getBlockByNumber",
        RawJson.of("[\"" + Hex.quantity(number) + "\",false]"),
        (provider, result) ->
            Block.read(result)
                .filter(block -> block.number() == number && accepts.test(provider, block)),
        then,
        otherwise);
  }

  /**
   * Asks one after another until an answer can be read.
   *
   * @param then takes it, and who gave it
   */
  <T> void first(
      List<Provider> order,
      String method,
      RawJson params,
      Function<RawJson, @Nullable T> read,
      BiConsumer<Provider, T> then,
      Runnable otherwise) {
    acceptable(
        order,
        method,
        params,
        (_, result) -> Optional.ofNullable(read.apply(result)),
        then,
        otherwise);
  }

  private <T> void acceptable(
      List<Provider> order,
      String method,
      RawJson params,
      BiFunction<Provider, RawJson, Optional<T>> read,
      BiConsumer<Provider, T> then,
      Runnable otherwise) {
    List<Provider> left = new ArrayList<>(order);
    MethodSpec spec = methods.of(method);
    left.removeIf(provider -> provider.standing(spec).isOut());
    next(left, method, params, read, then, otherwise);
  }

  private <T> void next(
      List<Provider> left,
      String method,
      RawJson params,
      BiFunction<Provider, RawJson, Optional<T>> read,
      BiConsumer<Provider, T> then,
      Runnable otherwise) {
    if (left.isEmpty()) {
      otherwise.run();
      return;
    }
    Provider asked = left.getFirst();
    List<Provider> rest = left.subList(1, left.size());
    one(
        asked,
        method,
        params,
        outcome -> {
          Optional<T> value =
              outcome instanceof Outcome.Answer answer
                  ? read.apply(asked, answer.result())
                  : Optional.empty();
          value.ifPresentOrElse(
              found -> then.accept(asked, found),
              () -> next(rest, method, params, read, then, otherwise));
        });
  }

  /** Asks one provider. */
  void one(Provider provider, String method, RawJson params, Consumer<Outcome> inbox) {
    expenses.asked(provider.id(), method);
    provider.probe(method, params, PROBE_NANOS, inbox);
  }
}
