package io.jethproxy.chain;

import io.jethproxy.eth.Hash;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the providers of each network call their newest blocks, to find the one that follows a
 * branch of its own. Two that agree against fewer are believed; one against one proves nothing.
 *
 * <p>A provider is asked for a block before its number counts as that provider's head. So when two
 * show a head, both have said its name, and a third that comes to it on another branch is found out
 * before anybody is sent there.
 *
 * <p>What a provider said counts while it is there: when those are gone who were of another opinion
 * than the last one, it is the chain.
 *
 * <p>Used by all loops, under one lock, about once per block and provider.
 */
public final class Branches {

  private static final int NAMES_MAX = 64;
  private static final int WITNESSES_MIN = 2;

  /** How a provider stands to the others. */
  enum Course {
    /** Another calls the block the same. */
    SHARED,
    /** More of the others call it otherwise. */
    ASTRAY,
    /** Nobody else, or not enough, has named these blocks. */
    UNKNOWN
  }

  private record Member(long chainId, String providerId) {}

  /** The newest names that one provider gave, by the blocks' numbers. */
  private static final class Names extends LinkedHashMap<Long, Hash> {
    @Override
    protected boolean removeEldestEntry(Map.Entry<Long, Hash> eldest) {
      return size() > NAMES_MAX;
    }
  }

  private final Map<Member, Names> all = new HashMap<>();

  /** Takes note of what a provider calls a block and its parent, and compares with the others. */
  synchronized Course compare(long chainId, String providerId, Link link) {
    Member member = new Member(chainId, providerId);
    Names names = all.computeIfAbsent(member, _ -> new Names());
    names.put(link.number() - 1, link.parent());
    names.put(link.number(), link.hash());
    Course atHead = course(member, link.number(), link.hash());
    return atHead == Course.UNKNOWN ? course(member, link.number() - 1, link.parent()) : atHead;
  }

  /** The provider has gone, or says nothing: it is no witness any more. */
  synchronized void forget(long chainId, String providerId) {
    all.remove(new Member(chainId, providerId));
  }

  /** Whether there are enough others to prove anything against a provider. */
  synchronized boolean hasWitnesses(long chainId, String providerId) {
    return all.keySet().stream()
            .filter(other -> other.chainId() == chainId && !other.providerId().equals(providerId))
            .count()
        >= WITNESSES_MIN;
  }

  private Course course(Member member, long number, Hash name) {
    Map<Hash, Integer> votes = new HashMap<>();
    all.forEach((other, names) -> {
      Hash vote = names.get(number);
      if (vote != null && other.chainId() == member.chainId()) {
        votes.merge(vote, 1, Integer::sum);
      }
    });
    int own = votes.getOrDefault(name, 0);
    int most = votes.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    if (most >= WITNESSES_MIN && most > own) {
      return Course.ASTRAY;
    }
    return own >= WITNESSES_MIN ? Course.SHARED : Course.UNKNOWN;
  }
}
