package io.harborgateway.transport;

import io.netty.channel.EventLoop;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/** One value per event loop, created on first use. Thread-safe. */
public final class LoopLocal<T> {
  private final ConcurrentMap<EventLoop, T> values = new ConcurrentHashMap<>();
  private final Function<EventLoop, T> factory;

  public LoopLocal(Function<EventLoop, T> factory) {
    this.factory = factory;
  }

  /** Returns the value of {@code loop}; the value itself is confined to that loop. */
  public T get(EventLoop loop) {
    T value = values.get(loop);
    return value != null ? value : values.computeIfAbsent(loop, factory);
  }

  /** Returns the values created so far. */
  public Collection<T> values() {
    return values.values();
  }
}
