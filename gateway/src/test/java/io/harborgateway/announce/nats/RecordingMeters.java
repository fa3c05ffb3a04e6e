package io.harborgateway.announce.nats;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps what was counted. */
final class RecordingMeters implements RegistrationMeters {
  private final Map<String, Integer> published = new ConcurrentHashMap<>();
  private final AtomicInteger failures = new AtomicInteger();
  private final List<Boolean> connections = new CopyOnWriteArrayList<>();

  @Override
  public void published(String subject) {
    published.merge(subject, 1, Integer::sum);
  }

  @Override
  public void publishFailed() {
    failures.incrementAndGet();
  }

  @Override
  public void connected(boolean connected) {
    connections.add(connected);
  }

  int publishedOn(String subject) {
    return published.getOrDefault(subject, 0);
  }

  int failures() {
    return failures.get();
  }

  /** Each change, in its order. */
  List<Boolean> connections() {
    return Collections.unmodifiableList(connections);
  }
}
