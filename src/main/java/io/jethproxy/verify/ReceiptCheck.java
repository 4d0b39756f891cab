package io.jethproxy.verify;

import io.jethproxy.eth.Bloom;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Place;
import io.jethproxy.eth.Receipt;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import java.util.Optional;

/** A receipt: of the transaction that was asked for, of this chain, with its own logs. */
final class ReceiptCheck implements Check {

  @Override
  public Finding of(Claim claim) {
    RawJson receipt = claim.result();
    if (receipt.first() != '{') {
      return Finding.RIGHT;
    }
    Fields fields = new Fields();
    Slices.members(receipt, fields);
    Optional<Hash> asked = Slices.hash(claim.param(0));
    boolean isAsked = asked.isEmpty() || asked.equals(fields.place.transaction());
    return Finding.of(isAsked && hasOwnLogs(fields) && hasItsBloom(claim, fields, receipt))
        .and(() -> claim.branch(fields.place.number(), fields.place.block()));
  }

  private static boolean hasOwnLogs(Fields fields) {
    if (fields.place.logs().first() != '[') {
      return true;
    }
    Place log = new Place();
    return Slices.objects(
        fields.place.logs(),
        new Slices.Objects() {
          @Override
          public void see(RawJson key, RawJson value) {
            log.see(key, value);
          }

          @Override
          public boolean end(RawJson object) {
            boolean isOwn = log.isWithin(fields.place);
            log.clear();
            return isOwn;
          }
        });
  }

  private static boolean hasItsBloom(Claim claim, Fields fields, RawJson receipt) {
    Optional<byte[]> bloom =
        Slices.data(fields.bloom).filter(bytes -> bytes.length == Bloom.LENGTH_BYTES);
    if (bloom.isEmpty() || !claim.profile().isTried(Aspect.BLOOM)) {
      return true;
    }
    Optional<Receipt> read = Receipt.read(receipt);
    if (read.isEmpty()) {
      return true;
    }
    Bloom own = read.get().bloom();
    boolean matches = own.equals(Bloom.of(bloom.get()));
    boolean saysNothing = matches && own.equals(Bloom.EMPTY);
    return saysNothing || claim.bears(Aspect.BLOOM, matches, fields.place.transaction());
  }

  private static final class Fields implements Slices.Members {
    private final Place place = new Place();
    private RawJson bloom = RawJson.ABSENT;

    @Override
    public void see(RawJson key, RawJson value) {
      place.see(key, value);
      if (key.is("logsBloom")) {
        bloom = value;
      }
    }
  }
}
