package io.jethproxy.rpc;

/**
 * A successful reply.
 *
 * @param value the {@code result} member exactly as it came
 */
public record Result(RawJson value) implements Reply {}
