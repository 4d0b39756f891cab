package io.jethproxy.cache;

import io.jethproxy.rpc.RawJson;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What is asked, in one array of bytes: the chain, the method and the canonical params. Two keys
 * are equal only if every node must take the questions to be the same one.
 *
 * <p>The hash is seeded, so that no client can choose questions that collide.
 */
final class Key {

  /** Longer params are neither kept nor compared. */
  static final int PARAMS_BYTES_MAX = 64 << 10;

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long SEED = ThreadLocalRandom.current().nextLong();
  private static final long ODD = 0x9e3779b97f4a7c15L;
  private static final byte[] NO_PARAMS = {'[', ']'};

  private final byte[] bytes;
  private final int hash;

  private Key(byte[] bytes) {
    this.bytes = bytes;
    this.hash = hash(bytes);
  }

  /**
   * The key of a question; null when it may mean different things to different nodes, or is too
   * long.
   *
   * @param method ASCII, as {@link io.jethproxy.eth.MethodSpec#name()} of a known method
   * @param params valid JSON, or absent
   */
  static @Nullable Key of(long chainId, String method, RawJson params) {
    if (params.length() > PARAMS_BYTES_MAX) {
      return null;
    }
    int head = Long.BYTES + method.length() + 1;
    byte[] bytes = new byte[head + Math.max(params.length(), NO_PARAMS.length)];
    WORDS.set(bytes, 0, chainId);
    putAscii(method, bytes, Long.BYTES);
    int end = putParams(params, bytes, head);
    if (end < 0) {
      return null;
    }
    return new Key(end == bytes.length ? bytes : Arrays.copyOf(bytes, end));
  }

  @SuppressWarnings("deprecation") // copies ASCII without making another array
  private static void putAscii(String text, byte[] to, int at) {
    text.getBytes(0, text.length(), to, at);
  }

  /** The index after the params; negative when they are not certain. */
  private static int putParams(RawJson params, byte[] to, int at) {
    if (params.isAbsent()) {
      System.arraycopy(NO_PARAMS, 0, to, at, NO_PARAMS.length);
      return at + NO_PARAMS.length;
    }
    return new CanonicalParams(params, to, at).write();
  }

  private static int hash(byte[] bytes) {
    long h = SEED ^ bytes.length;
    int i = 0;
    for (; i + Long.BYTES <= bytes.length; i += Long.BYTES) {
      h = mix(h ^ (long) WORDS.get(bytes, i));
    }
    long rest = 0;
    for (; i < bytes.length; i++) {
      rest = (rest << Byte.SIZE) | (bytes[i] & 0xff);
    }
    h = mix(h ^ rest ^ ODD);
    return (int) (h ^ (h >>> Integer.SIZE));
  }

  private static long mix(long x) {
    return (x * ODD) ^ Math.multiplyHigh(x, ODD);
  }

  /** Length in bytes. */
  int length() {
    return bytes.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key that && hash == that.hash && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** Only the length: params do not belong in logs. */
  @Override
  public String toString() {
    return "Key[" + bytes.length + " bytes]";
  }
}
