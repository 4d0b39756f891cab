package io.jethproxy.call;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells the stages that the client has gone, so that work nobody waits for can stop. Used on the
 * call's own loop only; not thread-safe.
 */
public final class Abandonment {

  private boolean declared;
  private @Nullable Runnable listener;

  /** The client is gone: runs the listener, once. */
  public void declare() {
    if (declared) {
      return;
    }
    declared = true;
    if (listener != null) {
      listener.run();
    }
  }

  public boolean isDeclared() {
    return declared;
  }

  /** Sets the one listener, replacing an earlier one; runs it at once if the client has gone. */
  public void onDeclared(Runnable action) {
    listener = action;
    if (declared) {
      action.run();
    }
  }

  /** The calls of one batch, which go with one client. */
  public static final class Group {
    private final Abandonment whole;
    private final List<Abandonment> members = new ArrayList<>();

    public Group(Abandonment whole) {
      this.whole = whole;
      whole.onDeclared(() -> members.forEach(Abandonment::declare));
    }

    /** Another call of the batch. */
    public Abandonment member() {
      Abandonment member = new Abandonment();
      if (whole.isDeclared()) {
        member.declare();
      } else {
        members.add(member);
      }
      return member;
    }
  }
}
