package io.jethproxy.observe;

import io.opentelemetry.api.common.AttributeKey;

/**
 * The names of attributes, after OpenTelemetry's conventions for JSON-RPC where they have one.
 * These are still in development: this is the one place to follow them. Values are bounded; params,
 * results, keys, URLs and addresses are in none of them.
 */
final class TraceNames {

  static final AttributeKey<String> SERVICE_NAME = AttributeKey.stringKey("service.name");
  static final AttributeKey<String> SERVICE_VERSION = AttributeKey.stringKey("service.version");

  static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("rpc.system.name");
  static final AttributeKey<String> METHOD = AttributeKey.stringKey("rpc.method");
  static final AttributeKey<String> PROTOCOL_VERSION =
      AttributeKey.stringKey("jsonrpc.protocol.version");

  /** The code of a JSON-RPC error, as text; absent for a result. */
  static final AttributeKey<String> STATUS_CODE =
      AttributeKey.stringKey("rpc.response.status_code");

  /** How a call ended, or what the trouble of an attempt was; absent when all went well. */
  static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

  static final AttributeKey<String> NETWORK = AttributeKey.stringKey("jeth.network");

  /** The gateway's own id of the call, as in logs and errors. */
  static final AttributeKey<String> REQUEST_ID = AttributeKey.stringKey("jeth.request_id");

  /** What kind of part answered: {@code provider}, {@code cache}, {@code chain}, … */
  static final AttributeKey<String> SERVED_BY = AttributeKey.stringKey("jeth.served_by");

  static final AttributeKey<String> PROVIDER = AttributeKey.stringKey("jeth.provider");
  static final AttributeKey<Boolean> HEDGE = AttributeKey.booleanKey("jeth.hedge");

  /** The attempt was under way when the call ended; what became of it is not known. */
  static final AttributeKey<Boolean> OUTLIVED = AttributeKey.booleanKey("jeth.outlived");

  static final AttributeKey<Long> BATCH_ITEMS = AttributeKey.longKey("jeth.batch_items");

  static final String JSON_RPC = "jsonrpc";
  static final String PROTOCOL = "2.0";

  /** The name of the span above the calls of a batch. */
  static final String BATCH = "batch";

  private TraceNames() {}
}
