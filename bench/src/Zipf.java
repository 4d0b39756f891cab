import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Draws 0 to n - 1, the k-th with a probability like 1 / (k + 1): few are asked for much. */
final class Zipf {
  private final double[] upTo;

  Zipf(int n) {
    upTo = new double[n];
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += 1.0 / (i + 1);
      upTo[i] = sum;
    }
  }

  int draw(RandomGenerator random) {
    int at = Arrays.binarySearch(upTo, random.nextDouble() * upTo[upTo.length - 1]);
    return at >= 0 ? at : Math.min(-at - 1, upTo.length - 1);
  }
}
