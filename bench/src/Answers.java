import io.netty.buffer.ByteBuf;

/** What a simulated provider says: the part of a JSON-RPC response that follows the id. */
interface Answers {
  /** A buffer that the caller releases; the bytes of fixed answers are shared, never copied. */
  ByteBuf tailFor(RequestScan asked);
}
