package io.jethproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whatever comes in, nothing throws, it does not matter how the bytes are cut, no memory is left
 * over, and Netty's decoder sees the same frames. Replays the saved inputs in the build; {@code
 * JAZZER_FUZZ=1} with one test named looks for new ones.
 */
class FrameReaderFuzzTest {

  private static final int BYTES_MAX = 4_096;

  private static List<String> heard(byte[] sent, int cutBytes, boolean deflates) {
    AtomicLong taken = new AtomicLong();
    ByteBudget budget = new ByteBudget(2 * BYTES_MAX, taken, () -> false);
    FrameReader reader = new FrameReader(deflates, new MessageBuffer(BYTES_MAX, budget));
    List<String> all = new ArrayList<>();
    boolean ended = false;
    for (int from = 0; from < sent.length && !ended; from += cutBytes) {
      ByteBuf in = Unpooled.wrappedBuffer(sent, from, Math.min(cutBytes, sent.length - from));
      for (@Nullable Heard heard = reader.next(in);
          heard != null && !ended;
          heard = ended ? null : reader.next(in)) {
        all.add(show(heard));
        if (heard instanceof Heard.Message(var bytes, var deflated)) {
          assertThat(bytes.length).isLessThanOrEqualTo(BYTES_MAX);
          assertThat(deflated ? "" : invalid(bytes)).isEmpty();
          budget.giveBack(bytes.length);
        }
        ended = heard instanceof Heard.Close || heard instanceof Heard.Breach;
      }
      assertThat(ended || !in.isReadable()).isTrue();
    }
    reader.drop();
    assertThat(taken).hasValue(0);
    return all;
  }

  private static String invalid(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(bytes));
      return "";
    } catch (CharacterCodingException e) {
      return "not UTF-8";
    }
  }

  private static String show(Heard heard) {
    return switch (heard) {
      case Heard.Message(var bytes, var deflated) -> "message " + Arrays.toString(bytes) + deflated;
      case Heard.Ping(var payload) -> "ping " + Arrays.toString(payload);
      default -> heard.toString();
    };
  }

  @FuzzTest(maxDuration = "1m")
  void hearsTheSameHoweverTheBytesAreCut(byte[] sent) {
    for (boolean deflates : new boolean[] {false, true}) {
      List<String> whole = heard(sent, Math.max(1, sent.length), deflates);

      assertThat(heard(sent, 1, deflates)).isEqualTo(whole);
      assertThat(heard(sent, 7, deflates)).isEqualTo(whole);
    }
  }

  @FuzzTest(maxDuration = "1m")
  void hearsTheControlFramesThatNettyReads(byte[] sent) {
    List<String> ours =
        heard(sent, Math.max(1, sent.length), false).stream()
            .filter(each -> !each.startsWith("message") && !each.startsWith("Breach"))
            .toList();

    List<String> theirs = readByNetty(sent);

    // Netty knows nothing of UTF-8 in messages, nor that binary ones are refused: it may go on.
    assertThat(theirs.stream().limit(ours.size()).collect(Collectors.toList())).isEqualTo(ours);
  }

  private static List<String> readByNetty(byte[] sent) {
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new WebSocket13FrameDecoder(
                WebSocketDecoderConfig.newBuilder()
                    .expectMaskedFrames(true)
                    .allowExtensions(false)
                    .maxFramePayloadLength(BYTES_MAX)
                    .build()));
    List<String> frames = new ArrayList<>();
    try {
      channel.writeInbound(Unpooled.wrappedBuffer(sent));
    } catch (RuntimeException e) {
      // it has found a breach; what came before it counts
    }
    for (Object frame = channel.readInbound(); frame != null; frame = channel.readInbound()) {
      byte[] payload = new byte[((WebSocketFrame) frame).content().readableBytes()];
      ((WebSocketFrame) frame).content().getBytes(0, payload);
      switch (frame) {
        case PingWebSocketFrame _ -> frames.add(show(new Heard.Ping(payload)));
        case PongWebSocketFrame _ -> frames.add(show(new Heard.Pong()));
        case CloseWebSocketFrame close ->
            frames.add(
                show(new Heard.Close(payload.length == 0 ? CloseCode.NONE : close.statusCode())));
        default -> {}
      }
      ((WebSocketFrame) frame).release();
    }
    channel.finishAndReleaseAll();
    return frames;
  }
}
