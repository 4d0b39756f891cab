package io.jethproxy.eth;

import io.jethproxy.eth.Receipt.Deposit;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The members of a receipt object of JSON-RPC that its block commits to. */
final class ReceiptReader implements Slices.Members {

  private RawJson type = RawJson.ABSENT;
  private RawJson status = RawJson.ABSENT;
  private RawJson root = RawJson.ABSENT;
  private RawJson cumulativeGasUsed = RawJson.ABSENT;
  private RawJson logs = RawJson.ABSENT;
  private RawJson depositNonce = RawJson.ABSENT;
  private RawJson depositVersion = RawJson.ABSENT;

  ReceiptReader(RawJson receipt) {
    Slices.members(receipt, this);
  }

  @Override
  public void see(RawJson key, RawJson value) {
    if (value.isNull()) {
      return;
    }
    if (key.is("type")) {
      type = value;
    } else if (key.is("status")) {
      status = value;
    } else if (key.is("root")) {
      root = value;
    } else if (key.is("cumulativeGasUsed")) {
      cumulativeGasUsed = value;
    } else if (key.is("logs")) {
      logs = value;
    } else if (key.is("depositNonce")) {
      depositNonce = value;
    } else if (key.is("depositReceiptVersion")) {
      depositVersion = value;
    }
  }

  /** Empty when a member is missing or not as expected. */
  Optional<Receipt> receipt() {
    long kind = type.isAbsent() ? 0 : Slices.quantity(type);
    long gas = Slices.quantity(cumulativeGasUsed);
    Optional<Hash> stateRoot = Slices.hash(root);
    long success = stateRoot.isPresent() ? 1 : Slices.quantity(status);
    boolean hasDeposit = kind == Receipt.DEPOSIT_TYPE && !depositVersion.isAbsent();
    Deposit deposit = new Deposit(Slices.quantity(depositNonce), Slices.quantity(depositVersion));
    if (!Receipt.isKnown(kind) || gas < 0 || success < 0 || success > 1) {
      return Optional.empty();
    }
    if (hasDeposit && (deposit.nonce() < 0 || deposit.version() < 0)) {
      return Optional.empty();
    }
    return readLogs()
        .map(read ->
            new Receipt(
                (int) kind,
                success == 1,
                gas,
                read,
                stateRoot,
                hasDeposit ? Optional.of(deposit) : Optional.empty()));
  }

  private Optional<List<Log>> readLogs() {
    if (logs.first() != '[') {
      return Optional.empty();
    }
    List<Log> read = new ArrayList<>();
    for (RawJson each : Slices.elements(logs)) {
      Optional<Log> log = Log.read(each);
      if (log.isEmpty()) {
        return Optional.empty();
      }
      read.add(log.get());
    }
    return Optional.of(read);
  }
}
