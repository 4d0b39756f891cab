package io.jethproxy.chain;

import io.jethproxy.eth.Hash;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which groups of providers vote for which blocks, at one moment. */
final class Support {

  private final Map<Hash, Set<String>> byBlock = new HashMap<>();
  private final Map<String, Long> joins = new HashMap<>();
  private final Set<String> groups = new HashSet<>();
  private final List<Branch> branches = new ArrayList<>();

  void add(String group, Branch branch) {
    groups.add(group);
    branches.add(branch);
    branch
        .blocks()
        .forEach(block -> byBlock.computeIfAbsent(block.hash(), _ -> new HashSet<>()).add(group));
    joins.merge(group, branch.joinNumber(), Math::max);
  }

  int branches() {
    return branches.size();
  }

  int groups() {
    return groups.size();
  }

  /** The highest block outside the ring that so many groups vote for. */
  Optional<Candidate> best(int needed) {
    Optional<Candidate> best = Optional.empty();
    for (Branch branch : branches) {
      Optional<Candidate> own = bestOf(branch, needed);
      if (own.isPresent() && (best.isEmpty() || own.get().isBetterThan(best.get()))) {
        best = own;
      }
    }
    return best;
  }

  private Optional<Candidate> bestOf(Branch branch, int needed) {
    for (Block block : branch.blocks()) {
      int votes = byBlock.getOrDefault(block.hash(), Set.of()).size();
      if (votes >= needed) {
        return Optional.of(new Candidate(block, branch, votes));
      }
    }
    return Optional.empty();
  }

  /** Whether there are different blocks to follow on the ring's block of this number. */
  boolean isSplitAbove(long number) {
    return branches.stream()
            .filter(branch -> branch.joinNumber() == number && !branch.blocks().isEmpty())
            .map(branch -> branch.blocks().getLast().hash())
            .distinct()
            .count()
        > 1;
  }

  /** How many groups are on the ring above this number. */
  int groupsAbove(long number) {
    return (int) joins.values().stream().filter(join -> join > number).count();
  }

  /** The highest block of the ring that so many groups vote for; negative when there is none. */
  long highestJoin(int needed) {
    return joins.values().stream()
        .sorted((one, other) -> Long.compare(other, one))
        .skip(Math.max(0, needed - 1L))
        .findFirst()
        .orElse(-1L);
  }
}
