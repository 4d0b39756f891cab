/**
 * JSON-RPC on the wire: slices of bytes, requests, replies, and the scanner that finds them. Knows
 * nothing of Ethereum, of networks or of sockets.
 */
@NullMarked
package io.jethproxy.rpc;

import org.jspecify.annotations.NullMarked;
