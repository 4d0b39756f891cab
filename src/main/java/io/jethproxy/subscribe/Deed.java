package io.jethproxy.subscribe;

import io.jethproxy.eth.LogIndex;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One step of a feed with what there is to tell of it, written once for all who listen.
 *
 * @param bodies of notifications: the header, or all logs of the block by their places, as removed
 *     ones if the block is left
 * @param index of the logs; empty for headers, and where the logs were not looked for because
 *     nobody wanted any
 */
record Deed(Step step, List<RawJson> bodies, Optional<LogIndex> index) {

  Deed {
    bodies = List.copyOf(bodies);
  }

  /** Of a header: orphaned blocks are not told of. */
  static Deed ofHead(Step step, RawJson header) {
    return new Deed(step, step.isRemoval() ? List.of() : List.of(header), Optional.empty());
  }

  static Deed ofLogs(Step step, List<RawJson> logs) {
    List<RawJson> bodies = step.isRemoval() ? logs.stream().map(Removed::of).toList() : logs;
    return new Deed(step, bodies, Optional.of(LogIndex.of(logs)));
  }

  /** Of a block whose logs nobody wanted. */
  static Deed withoutLogs(Step step) {
    return new Deed(step, List.of(), Optional.empty());
  }

  /** The logs that are wanted, in the order in which they are told. */
  List<RawJson> wanted(LogIndex logs, LogCriteria criteria) {
    List<Integer> places = logs.matching(criteria.filter());
    List<RawJson> wanted = new ArrayList<>(places.size());
    for (int place : step.isRemoval() ? places.reversed() : places) {
      wanted.add(bodies.get(place));
    }
    return wanted;
  }
}
