package io.jethproxy.rpc;

/**
 * How much of everything a client's body may hold.
 *
 * @param depthMax arrays and objects open at once, 2..1024 (a batch is one level)
 * @param idBytesMax bytes of an id (without the quotes of a string), positive
 * @param batchItemsMax items of a batch, positive
 * @param methodBytesMax bytes of a method's name as it stands there, positive
 * @param paramsMax elements of an array of params (not of arrays within), positive
 */
public record Limits(
    int depthMax, int idBytesMax, int batchItemsMax, int methodBytesMax, int paramsMax) {

  public static final Limits DEFAULTS = new Limits(64, 256, 100, 256, 1_000);

  public Limits {
    require("depthMax", depthMax, 2, JsonCursor.DEPTH_MAX);
    require("idBytesMax", idBytesMax, 1, Integer.MAX_VALUE);
    require("batchItemsMax", batchItemsMax, 1, Integer.MAX_VALUE);
    require("methodBytesMax", methodBytesMax, 1, Integer.MAX_VALUE);
    require("paramsMax", paramsMax, 1, Integer.MAX_VALUE);
  }

  /** The same, with another bound on batches. */
  public Limits withBatchItemsMax(int itemsMax) {
    return new Limits(depthMax, idBytesMax, itemsMax, methodBytesMax, paramsMax);
  }

  private static void require(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + least + ".." + most + ")");
    }
  }
}
