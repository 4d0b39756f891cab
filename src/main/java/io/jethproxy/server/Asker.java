package io.jethproxy.server;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Audience;

/**
 * Who waits for an answer.
 *
 * @param abandonment declared when nobody waits any more
 * @param unsent for what is collected before it can be answered
 * @param audience who hears what comes after the answer
 */
record Asker(Abandonment abandonment, ByteBudget unsent, Audience audience) {}
