/**
 * The spine of the gateway: a {@link io.jethproxy.call.Call} goes down the stages of a {@link
 * io.jethproxy.call.Pipeline} until one of them knows the {@link io.jethproxy.call.Outcome}. No
 * sockets, no providers, no policy of any one stage lives here.
 */
@NullMarked
package io.jethproxy.call;

import org.jspecify.annotations.NullMarked;
