package io.jethproxy.chain;

import io.jethproxy.eth.Hash;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What the providers of each network call their newest blocks, to find the one that follows a
 * branch of its own. Two that agree against fewer are believed; one against one proves nothing.
 *
 * <p>A provider is asked for a block before its number counts as that provider's head. So when two
 * show a head, both have said its name, and a third that comes to it on another branch is found out
 * before anybody is sent there.
 *
 * <p>What a provider said counts while it is there. Who was found to be alone stays so for as long
 * as anybody is there who was not; when all of those are gone, nobody says otherwise any more.
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
    UNKNOWN,
    /** It was astray, and all are gone who were not. */
    UNOPPOSED
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
  private final Set<Member> astray = new HashSet<>();

  /** Takes note of what a provider calls a block and its parent, and compares with the others. */
  synchronized Course compare(long chainId, String providerId, Link link) {
    Member member = new Member(chainId, providerId);
    Names names = all.computeIfAbsent(member, _ -> new Names());
    names.put(link.number() - 1, link.parent());
    names.put(link.number(), link.hash());
    Course atHead = course(member, link.number(), link.hash());
    Course course =
        atHead == Course.UNKNOWN ? course(member, link.number() - 1, link.parent()) : atHead;
    return judged(member, course);
  }

  private Course judged(Member member, Course course) {
    return switch (course) {
      case ASTRAY -> {
        astray.add(member);
        yield course;
      }
      case SHARED, UNOPPOSED -> {
        astray.remove(member);
        yield course;
      }
      case UNKNOWN ->
          astray.contains(member) && !isOpposed(member) ? judged(member, Course.UNOPPOSED) : course;
    };
  }

  /** Whether the provider was found astray, and not on the way of others since. */
  synchronized boolean isAstray(long chainId, String providerId) {
    return astray.contains(new Member(chainId, providerId));
  }

  private boolean isOpposed(Member member) {
    return all.keySet().stream()
        .anyMatch(other ->
            other.chainId() == member.chainId()
                && !other.equals(member)
                && !astray.contains(other));
  }

  /** Whether the provider has named blocks since it last said nothing. */
  synchronized boolean isWitness(long chainId, String providerId) {
    return all.containsKey(new Member(chainId, providerId));
  }

  /** The provider says nothing: it is no witness until it does. */
  synchronized void forget(long chainId, String providerId) {
    all.remove(new Member(chainId, providerId));
  }

  /** The provider is not followed any more. */
  synchronized void leave(long chainId, String providerId) {
    forget(chainId, providerId);
    astray.remove(new Member(chainId, providerId));
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
