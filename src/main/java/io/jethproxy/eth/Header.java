package io.jethproxy.eth;

import io.jethproxy.rpc.RawJson;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A block header of any fork up to Prague: the fields that its hash is made of. Immutable.
 *
 * <p>A fork to come adds fields that are not known here. Their blocks cannot be verified, which is
 * no reproach to them: see {@link Authenticity#UNVERIFIABLE}.
 */
public final class Header {

  /** The hash of no uncles. */
  public static final Hash NO_UNCLES = Keccak.hash(Rlp.list(List.of()));

  /** Members of a block object that are no part of its hash. */
  private static final Set<String> BESIDE_THE_HEADER =
      Set.of("hash", "size", "totalDifficulty", "uncles", "transactions", "withdrawals");

  /** What the fields of a block say of the hash it came with. */
  public enum Authenticity {
    /** The fields are those that the hash names. */
    GENUINE,
    /** They are not. */
    FORGED,
    /**
     * They are not, but the block has members that are not known here, which may be part of the
     * hash; or it lacks a field of an earlier fork; or it has no hash.
     */
    UNVERIFIABLE
  }

  private final Map<HeaderField, byte[]> values;
  private final Hash hash;
  private final @Nullable Hash claimed;
  private final Authenticity authenticity;

  private Header(Map<HeaderField, byte[]> values, @Nullable Hash claimed, boolean certain) {
    this.values = values;
    this.hash = Keccak.hash(encode(values));
    this.claimed = claimed;
    if (hash.equals(claimed)) {
      this.authenticity = Authenticity.GENUINE;
    } else {
      this.authenticity =
          claimed != null && certain ? Authenticity.FORGED : Authenticity.UNVERIFIABLE;
    }
  }

  /**
   * A header of these values: data as it is, numbers as {@link BigInteger#toByteArray()} or
   * shorter.
   *
   * @throws IllegalArgumentException when a field is missing or does not fit
   */
  public static Header of(Map<HeaderField, byte[]> values) {
    Map<HeaderField, byte[]> copy = new EnumMap<>(HeaderField.class);
    values.forEach((field, value) -> copy.put(field, normal(field, value)));
    for (HeaderField field : HeaderField.values()) {
      byte[] value = copy.get(field);
      if (value == null ? field.isOriginal() : !field.fits(value)) {
        throw new IllegalArgumentException(
            "header: " + field.key() + " missing or of wrong length");
      }
    }
    if (hasGap(copy)) {
      throw new IllegalArgumentException("header: a field of an earlier fork missing");
    }
    return new Header(copy, Keccak.hash(encode(copy)), true);
  }

  /**
   * Reads the header of a block object of JSON-RPC; empty when a field is missing, twice there or
   * not as expected.
   *
   * @param block valid JSON
   */
  public static Optional<Header> read(RawJson block) {
    return read(block, (_, _) -> {});
  }

  /**
   * The same, and shows all members to another reader on the way, so that a block with its
   * transactions is looked through once.
   */
  public static Optional<Header> read(RawJson block, Slices.Members others) {
    if (block.first() != '{') {
      return Optional.empty();
    }
    Reader reader = new Reader();
    Slices.members(
        block,
        (key, value) -> {
          reader.see(key, value);
          others.see(key, value);
        });
    return reader.header();
  }

  /** The hash of the fields, whatever the block said of itself. */
  public Hash hash() {
    return hash;
  }

  public Authenticity authenticity() {
    return authenticity;
  }

  public Head head() {
    return head(hash);
  }

  /** The block under the hash that it came with, genuine or not; empty when it came with none. */
  public Optional<Head> named() {
    return Optional.ofNullable(claimed).map(this::head);
  }

  private Head head(Hash name) {
    return new Head(
        number(HeaderField.NUMBER),
        name,
        Hash.of(value(HeaderField.PARENT_HASH), 0),
        number(HeaderField.TIMESTAMP));
  }

  public Bloom bloom() {
    return Bloom.of(value(HeaderField.LOGS_BLOOM));
  }

  /** The value of a field of 32 bytes that every header has. */
  public Hash root(HeaderField field) {
    return Hash.of(value(field), 0);
  }

  /** Whether the header has the field, as those of its fork do. */
  public boolean has(HeaderField field) {
    return values.containsKey(field);
  }

  /** The field in the notation of JSON-RPC; it must be there. */
  public String text(HeaderField field) {
    byte[] value = value(field);
    return field.isQuantity() ? "0x" + new BigInteger(1, value).toString(16) : Hex.text(value);
  }

  private long number(HeaderField field) {
    return new BigInteger(1, value(field)).longValue();
  }

  private byte[] value(HeaderField field) {
    byte[] value = values.get(field);
    if (value == null) {
      throw new IllegalArgumentException("header: " + field.key() + " (expected: of its fork)");
    }
    return value;
  }

  /** Without leading zeros, if it is a number. */
  private static byte[] normal(HeaderField field, byte[] value) {
    return field.isQuantity() ? Hex.withoutLeadingZeros(value) : value.clone();
  }

  /**
   * All fields up to the last one that is there. Clients disagree on what stands for a field that
   * is missing before it; this does as geth does.
   */
  private static byte[] encode(Map<HeaderField, byte[]> values) {
    List<byte[]> items = new ArrayList<>(HeaderField.values().length);
    int length = 0;
    for (HeaderField field : HeaderField.values()) {
      byte[] value = values.get(field);
      items.add(Rlp.string(value == null ? new byte[0] : value));
      length = value == null ? length : items.size();
    }
    return Rlp.list(items.subList(0, length));
  }

  /** Whether a field is missing before one that is there. */
  private static boolean hasGap(Map<HeaderField, byte[]> values) {
    boolean missing = false;
    for (HeaderField field : HeaderField.values()) {
      if (missing && values.containsKey(field)) {
        return true;
      }
      missing |= !values.containsKey(field);
    }
    return false;
  }

  private static final class Reader implements Slices.Members {

    private static final Map<RawJson, HeaderField> FIELDS = fieldsByKey();

    private final Map<HeaderField, byte[]> values = new EnumMap<>(HeaderField.class);
    private @Nullable Hash claimed;
    private boolean readable = true;
    private boolean closed = true;

    @Override
    public void see(RawJson key, RawJson value) {
      HeaderField field = FIELDS.get(key);
      if (field != null && !value.isNull()) {
        read(field, Slices.content(value));
      } else if (key.is("hash")) {
        RawJson text = Slices.content(value);
        readable &= claimed == null;
        claimed = Hash.read(text.bytes(), text.from(), text.to()).orElse(null);
      } else if (field == null && !BESIDE_THE_HEADER.contains(key.text())) {
        closed = false;
      }
    }

    private void read(HeaderField field, RawJson text) {
      Optional<byte[]> value =
          field.isQuantity()
              ? Hex.number(text.bytes(), text.from(), text.to())
              : Hex.data(text.bytes(), text.from(), text.to());
      readable &= value.isPresent() && field.fits(value.get());
      readable &= values.put(field, value.orElseGet(() -> new byte[0])) == null;
    }

    Optional<Header> header() {
      for (HeaderField field : HeaderField.values()) {
        readable &= !field.isOriginal() || values.containsKey(field);
      }
      boolean certain = closed && !hasGap(values);
      return readable ? Optional.of(new Header(values, claimed, certain)) : Optional.empty();
    }

    private static Map<RawJson, HeaderField> fieldsByKey() {
      Map<RawJson, HeaderField> fields = new java.util.HashMap<>();
      for (HeaderField field : HeaderField.values()) {
        fields.put(RawJson.of(field.key()), field);
      }
      return Map.copyOf(fields);
    }
  }
}
