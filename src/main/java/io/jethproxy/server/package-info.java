/**
 * The edges: HTTP towards clients and operators. The only code that sees client sockets; it turns
 * bytes into calls and outcomes into bytes, and decides nothing about providers.
 */
@NullMarked
package io.jethproxy.server;

import org.jspecify.annotations.NullMarked;
