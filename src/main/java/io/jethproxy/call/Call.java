package io.jethproxy.call;

import io.jethproxy.eth.MethodSpec;
import io.jethproxy.eth.Network;
import io.jethproxy.rpc.Request;

/**
 * One question of one client, on its way down the stages.
 *
 * @param network which chain is asked
 * @param request what came
 * @param method what is known of the method
 * @param deadline when the answer must be there
 * @param journal what happened so far
 * @param abandonment whether the client is still there
 */
public record Call(
    Network network,
    Request request,
    MethodSpec method,
    Deadline deadline,
    Journal journal,
    Abandonment abandonment) {}
