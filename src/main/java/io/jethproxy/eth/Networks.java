package io.jethproxy.eth;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The EVM networks that are known by name, from {@code networks.json}. Immutable.
 *
 * <p>A network that is not in the file works all the same: it is named by its number.
 *
 * <p>The words among the quirks:
 *
 * <ul>
 *   <li>{@code op-stack}: unsigned deposit transactions of type 0x7e; receipts with a depositNonce
 *   <li>{@code arbitrum}: own transaction types 0x64 to 0x6a; further JSON fields in headers that
 *       are no part of the hash
 *   <li>{@code polygon-state-sync}: a transaction in the block that is in no root and no bloom
 *   <li>{@code hyperliquid-system-tx}: system transactions that are in no root and no bloom
 *   <li>{@code cronos-phantom-tx}: early blocks with missing receipts and stray bloom bits
 *   <li>{@code hedera-duplicate-receipts}: a receipt may come twice
 *   <li>{@code zksync}: own roots; blooms are not those of Ethereum
 *   <li>{@code zkevm}: hashes of old blocks changed after an upgrade
 *   <li>{@code avalanche-unfinalized}: questions above the accepted block get an error or nothing
 *   <li>{@code pre-confirmed}: {@code pending} shows parts of a block before it is sealed
 *   <li>{@code own-header}: the hash is not the keccak of an Ethereum header
 *   <li>{@code dev}: a developer's node whose history may be rewritten at any time
 * </ul>
 */
public final class Networks {

  private static final int UNKNOWN_BLOCK_TIME_MILLIS = 12_000;

  private final List<Network> all;
  private final Map<Long, Network> byId;
  private final Map<String, Network> byName;

  private Networks(List<Network> all) {
    this.all = List.copyOf(all);
    Map<Long, Network> ids = new HashMap<>();
    Map<String, Network> names = new HashMap<>();
    for (Network network : all) {
      put(ids, network.chainId(), network);
      put(names, network.name(), network);
      network.aliases().forEach(alias -> put(names, alias, network));
    }
    this.byId = Map.copyOf(ids);
    this.byName = Map.copyOf(names);
  }

  /** Reads the resource. */
  public static Networks load() {
    return new Networks(DataFile.rows("networks.json").stream().map(Networks::read).toList());
  }

  /** Every network of the file, in its order. */
  public List<Network> all() {
    return all;
  }

  /**
   * The network with this chain id, which must be positive; an unknown one is named by its number.
   */
  public Network byId(long chainId) {
    Network known = byId.get(chainId);
    return known != null
        ? known
        : new Network(
            chainId, Long.toString(chainId), List.of(), UNKNOWN_BLOCK_TIME_MILLIS, Set.of());
  }

  /**
   * The network that a path segment means: a chain id in decimal or 0x hex, a name or an alias, in
   * any case. A number that is no known chain is a network all the same; an unknown name is none.
   */
  public Optional<Network> named(String pathSegment) {
    if (!pathSegment.isEmpty() && isDigit(pathSegment.charAt(0))) {
      long chainId = chainId(pathSegment);
      return chainId > 0 ? Optional.of(byId(chainId)) : Optional.empty();
    }
    return Optional.ofNullable(byName.get(pathSegment.toLowerCase(Locale.ROOT)));
  }

  /** The number; 0 for anything that is no positive long in plain decimal or 0x hex digits. */
  private static long chainId(String digits) {
    boolean hex = digits.startsWith("0x") || digits.startsWith("0X");
    int radix = hex ? 16 : 10;
    int from = hex ? 2 : 0;
    if (from == digits.length()) {
      return 0;
    }
    long id = 0;
    for (int i = from; i < digits.length(); i++) {
      char c = digits.charAt(i);
      int digit = c < 128 ? Character.digit(c, radix) : -1;
      if (digit < 0 || id > (Long.MAX_VALUE - digit) / radix) {
        return 0;
      }
      id = id * radix + digit;
    }
    return id;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static Network read(JsonNode row) {
    return new Network(
        row.required("chainId").asLong(),
        row.required("name").asString(),
        DataFile.strings(row, "aliases"),
        row.required("blockTimeMillis").asInt(),
        new HashSet<>(DataFile.strings(row, "quirks")));
  }

  private static <K> void put(Map<K, Network> map, K key, Network network) {
    Network earlier = map.put(key, network);
    if (earlier != null) {
      throw new IllegalStateException("networks.json: " + key + " twice (expected: once)");
    }
  }
}
