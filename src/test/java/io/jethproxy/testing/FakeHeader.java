package io.jethproxy.testing;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.bouncycastle.crypto.digests.KeccakDigest;

/**
 * The header of an empty block, hashed as Ethereum does it, so that verification of headers
 * succeeds. The label of its fork is its extra data, thus forks differ in hashes and in nothing
 * else.
 *
 * @param timestamp seconds
 */
record FakeHeader(long number, String parent, String label, long timestamp) {

  static final String EMPTY_TRIE =
      "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";
  private static final String NO_UNCLES =
      "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347";
  private static final String NO_ADDRESS = "0x" + "0".repeat(40);
  private static final String NO_BLOOM = "0x" + "0".repeat(512);
  private static final String ZERO_HASH = "0x" + "0".repeat(64);
  private static final String NO_NONCE = "0x" + "0".repeat(16);
  private static final long GAS_LIMIT = 30_000_000;
  private static final long BASE_FEE = 1_000_000_000;

  FakeHeader {
    if (label.getBytes(StandardCharsets.UTF_8).length > 32) {
      throw new IllegalArgumentException("label: " + label + " (expected: at most 32 bytes)");
    }
  }

  String extraData() {
    return "0x" + HexFormat.of().formatHex(label.getBytes(StandardCharsets.UTF_8));
  }

  String hash() {
    ByteArrayOutputStream fields = new ByteArrayOutputStream();
    for (String field :
        new String[] {
          parent,
          NO_UNCLES,
          NO_ADDRESS,
          EMPTY_TRIE,
          EMPTY_TRIE,
          EMPTY_TRIE,
          NO_BLOOM,
          "0x",
          minimal(number),
          minimal(GAS_LIMIT),
          "0x",
          minimal(timestamp),
          extraData(),
          ZERO_HASH,
          NO_NONCE,
          minimal(BASE_FEE)
        }) {
      fields.writeBytes(rlp(HexFormat.of().parseHex(field.substring(2))));
    }
    return keccak(prefixed(0xc0, fields.toByteArray()));
  }

  /** The block's JSON, with the hash that the caller wants to give out. */
  String json(String hash) {
    return """
    {"number":"%s","hash":"%s","parentHash":"%s","nonce":"%s","sha3Uncles":"%s","logsBloom":"%s",\
    "transactionsRoot":"%s","stateRoot":"%s","receiptsRoot":"%s","miner":"%s","difficulty":"0x0",\
    "extraData":"%s","size":"0x21f","gasLimit":"%s","gasUsed":"0x0","timestamp":"%s",\
    "baseFeePerGas":"%s","mixHash":"%s","transactions":[],"uncles":[]}\
    """
        .formatted(
            quantity(number),
            hash,
            parent,
            NO_NONCE,
            NO_UNCLES,
            NO_BLOOM,
            EMPTY_TRIE,
            EMPTY_TRIE,
            EMPTY_TRIE,
            NO_ADDRESS,
            extraData(),
            quantity(GAS_LIMIT),
            quantity(timestamp),
            quantity(BASE_FEE),
            ZERO_HASH);
  }

  static String quantity(long value) {
    return "0x" + Long.toHexString(value);
  }

  static String keccak(byte[] bytes) {
    KeccakDigest digest = new KeccakDigest(256);
    digest.update(bytes, 0, bytes.length);
    byte[] hash = new byte[32];
    digest.doFinal(hash, 0);
    return "0x" + HexFormat.of().formatHex(hash);
  }

  private static String minimal(long value) {
    String hex = value == 0 ? "" : Long.toHexString(value);
    return "0x" + (hex.length() % 2 == 0 ? hex : "0" + hex);
  }

  private static byte[] rlp(byte[] bytes) {
    return bytes.length == 1 && bytes[0] >= 0 ? bytes : prefixed(0x80, bytes);
  }

  private static byte[] prefixed(int base, byte[] payload) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (payload.length < 56) {
      out.write(base + payload.length);
    } else {
      byte[] length = BigInteger.valueOf(payload.length).toByteArray();
      int skip = length[0] == 0 ? 1 : 0;
      out.write(base + 55 + length.length - skip);
      out.write(length, skip, length.length - skip);
    }
    out.writeBytes(payload);
    return out.toByteArray();
  }
}
