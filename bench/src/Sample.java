/**
 * One measured round at one proxy. {@code askedPerRequest}: JSON-RPC items that reached providers,
 * per client request.
 */
record Sample(
    double cpuMicros,
    double perSecond,
    double p50Millis,
    double p99Millis,
    long failed,
    double askedPerRequest,
    ProcessUse use) {}
