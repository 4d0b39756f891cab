/**
 * What an operator sees: logs, metrics, the access log, recent calls, changes of providers' states.
 * Readers of the journal and of snapshots; nothing here decides anything about a call, and nothing
 * here makes a call wait.
 */
@NullMarked
package io.jethproxy.observe;

import org.jspecify.annotations.NullMarked;
