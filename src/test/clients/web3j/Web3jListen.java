import java.util.List;
import java.util.Map;
import org.web3j.protocol.Web3j;
import org.web3j.protocol.core.Request;
import org.web3j.protocol.core.methods.response.EthSubscribe;
import org.web3j.protocol.websocket.WebSocketService;
import org.web3j.protocol.websocket.events.Notification;

/**
 * Listens with web3j over WebSocket and tells what it hears line by line. Arguments: the gateway's
 * URL, the contract whose logs are listened for. Does not connect again by itself.
 */
public final class Web3jListen {

  /** The library's own notice of a log leaves out whether it is removed. */
  public static final class LogNotice extends Notification<Map<String, Object>> {}

  private Web3jListen() {}

  public static void main(String[] arguments) throws Exception {
    WebSocketService service = new WebSocketService(arguments[0], false);
    service.connect(text -> {}, Web3jListen::fail, () -> fail("closed"));
    Web3j web3j = Web3j.build(service);
    Request<?, EthSubscribe> logs =
        new Request<>(
            "eth_subscribe",
            List.of("logs", Map.of("address", arguments[1])),
            service,
            EthSubscribe.class);
    service
        .subscribe(logs, "eth_unsubscribe", LogNotice.class)
        .subscribe(notice -> tell(notice.getParams().getResult()), Web3jListen::fail);
    web3j
        .newHeadsNotifications()
        .subscribe(
            notice -> System.out.println("block " + notice.getParams().getResult().getHash()),
            Web3jListen::fail);
    System.in.read();
    System.out.println("done");
    Runtime.getRuntime().halt(0); // else the socket's end would count as a failure
  }

  private static void tell(Map<String, Object> log) {
    System.out.printf(
        "log %s %s %d%n",
        Boolean.TRUE.equals(log.get("removed")) ? "removed" : "added",
        log.get("blockHash"),
        Integer.decode((String) log.get("logIndex")));
  }

  private static void fail(Object why) {
    System.out.println("failed " + why);
    Runtime.getRuntime().halt(1);
  }
}
