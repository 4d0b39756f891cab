package io.jethproxy.eth;

import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a contract said: the part of a log that the receipt commits to.
 *
 * @param address 20 bytes, shared: not to be changed
 * @param topics at most four
 * @param data shared: not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Log(byte[] address, List<Hash> topics, byte[] data) {

  public Log {
    topics = List.copyOf(topics);
  }

  /** Reads a log object of JSON-RPC; empty when a field is missing or not as expected. */
  public static Optional<Log> read(RawJson log) {
    if (log.first() != '{') {
      return Optional.empty();
    }
    Fields fields = new Fields();
    Slices.members(log, fields);
    Optional<byte[]> address = bytes(fields.address).filter(each -> each.length == 20);
    Optional<byte[]> data = bytes(fields.data);
    if (address.isEmpty() || data.isEmpty() || fields.topics.first() != '[') {
      return Optional.empty();
    }
    List<Hash> topics = new ArrayList<>(4);
    for (RawJson topic : Slices.elements(fields.topics)) {
      RawJson text = Slices.content(topic);
      Optional<Hash> hash = Hash.read(text.bytes(), text.from(), text.to());
      if (hash.isEmpty()) {
        return Optional.empty();
      }
      topics.add(hash.get());
    }
    return Optional.of(new Log(address.get(), topics, data.get()));
  }

  byte[] encoded() {
    return Rlp.list(
        List.of(
            Rlp.string(address),
            Rlp.list(topics.stream().map(topic -> Rlp.string(topic.bytes())).toList()),
            Rlp.string(data)));
  }

  private static Optional<byte[]> bytes(RawJson value) {
    RawJson text = Slices.content(value);
    return Hex.data(text.bytes(), text.from(), text.to());
  }

  private static final class Fields implements Slices.Members {
    private RawJson address = RawJson.ABSENT;
    private RawJson topics = RawJson.ABSENT;
    private RawJson data = RawJson.ABSENT;

    @Override
    public void see(RawJson key, RawJson value) {
      if (key.is("address")) {
        address = value;
      } else if (key.is("topics")) {
        topics = value;
      } else if (key.is("data")) {
        data = value;
      }
    }
  }
}
