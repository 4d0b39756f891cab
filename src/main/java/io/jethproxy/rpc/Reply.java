package io.jethproxy.rpc;

/** What a JSON-RPC request is answered with: a {@link Result} or a {@link Fault}. */
public sealed interface Reply permits Result, Fault {}
