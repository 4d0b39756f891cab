import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the gateway itself says of how long blocks took from their arrival until the last client's
 * frame was with the kernel: blocks counted by the bounds of its histogram, the last of which is
 * infinite. Empty when the gateway does not say it.
 */
record FanOutBuckets(List<Double> boundsMillis, List<Long> upTo) {
  static final FanOutBuckets NONE = new FanOutBuckets(List.of(), List.of());

  static FanOutBuckets read(Proxy gateway, String kind) throws IOException {
    Pattern bucket =
        Pattern.compile(
            "jeth_subscription_fanout_seconds_bucket\\{kind=\"%s\",.*le=\"([^\"]+)\"\\} ([0-9.E]+)"
                .formatted(kind));
    List<Double> bounds = new ArrayList<>();
    List<Long> upTo = new ArrayList<>();
    for (String line : Ask.get(gateway.managementPort(), "/metrics").body().lines().toList()) {
      Matcher matcher = bucket.matcher(line);
      if (matcher.matches()) {
        String bound = matcher.group(1);
        bounds.add(bound.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound) * 1e3);
        upTo.add((long) Double.parseDouble(matcher.group(2)));
      }
    }
    return new FanOutBuckets(bounds, upTo);
  }

  /** What came since an earlier look. */
  FanOutBuckets since(FanOutBuckets before) {
    List<Long> more = new ArrayList<>();
    for (int i = 0; i < upTo.size(); i++) {
      more.add(upTo.get(i) - (i < before.upTo.size() ? before.upTo.get(i) : 0));
    }
    return new FanOutBuckets(boundsMillis, more);
  }

  boolean isEmpty() {
    return upTo.isEmpty() || upTo.getLast() == 0;
  }

  /** The bound that so many have kept to. */
  double boundMillis(double quantile) {
    long wanted = (long) Math.ceil(quantile * upTo.getLast());
    for (int i = 0; i < upTo.size(); i++) {
      if (upTo.get(i) >= wanted) {
        return boundsMillis.get(i);
      }
    }
    return Double.POSITIVE_INFINITY;
  }

  /** As it is shown. */
  String text(double quantile) {
    return isEmpty() ? "" : "≤ %.0f".formatted(boundMillis(quantile));
  }
}
