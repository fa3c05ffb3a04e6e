package io.harborgateway.lifecycle;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those who want to hear of an event. One that throws is logged and does not keep it from others.
 */
final class Listeners<E> {
  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

  private final List<Consumer<? super E>> listeners = new CopyOnWriteArrayList<>();

  void add(Consumer<? super E> listener) {
    listeners.add(listener);
  }

  void tell(E event) {
    for (Consumer<? super E> listener : listeners) {
      try {
        listener.accept(event);
      } catch (RuntimeException e) {
        LOG.error("A listener failed at {}", event, e);
      }
    }
  }
}
