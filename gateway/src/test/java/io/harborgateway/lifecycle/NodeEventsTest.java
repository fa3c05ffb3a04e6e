package io.harborgateway.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class NodeEventsTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final NodeEvent DRAIN = new DrainEvent(DrainEvent.Phase.BEGUN, 3);

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final NodeEvents events = new NodeEvents(now::get);

  private static NodeEvent announced(int route) {
    return new RouteEvent.Moved("https/" + route, RouteEvent.State.ANNOUNCED, "");
  }

  private static NodeEvent down(String upstream, int time) {
    return new UpstreamEvent.Down("https", upstream, "refused " + time, false);
  }

  private List<NodeEvent> kept() {
    return events.recent().events().stream().map(RecordedEvent::event).toList();
  }

  @Test
  void keepsWhatHappenedInItsOrder() {
    events.publish(DRAIN);
    now.set(START.plusSeconds(1));
    events.publish(announced(1));

    NodeEvents.Recent recent = events.recent();
    assertThat(recent.events())
        .containsExactly(
            new RecordedEvent(1, START, DRAIN),
            new RecordedEvent(2, START.plusSeconds(1), announced(1)));
    assertThat(recent.recorded()).isEqualTo(2);
  }

  @Test
  void whatWasReadDoesNotChange() {
    events.publish(DRAIN);
    NodeEvents.Recent before = events.recent();

    events.publish(DRAIN);

    assertThat(before.events()).hasSize(1);
    assertThat(before.counts()).containsEntry(NodeEventKind.DRAIN_PHASE, 1L).hasSize(1);
  }

  @Test
  void ofAFloodTheLastAreKeptAndNothingElseIsPushedOut() {
    events.publish(new ProcessEvent.Started(true));
    for (int i = 0; i < 20; i++) {
      events.publish(down("10.0.0.1:80", i));
    }
    events.publish(new ReloadEvent.Applied("SIGHUP", 2, 1, "instances: one more"));
    for (int i = 0; i < 100_000; i++) {
      events.publish(announced(i));
    }

    List<NodeEvent> kept = kept();
    assertThat(kept).hasSize(NodeEvents.CAPACITY).endsWith(announced(99_998), announced(99_999));
    assertThat(kept.getFirst()).isEqualTo(new ProcessEvent.Started(true));
    assertThat(kept).filteredOn(event -> event.kind() == NodeEventKind.UPSTREAM_DOWN).hasSize(20);
    assertThat(kept).filteredOn(event -> event.kind() == NodeEventKind.RELOAD_APPLIED).hasSize(1);
    assertThat(events.recent().counts())
        .containsEntry(NodeEventKind.ROUTE_ANNOUNCED, 100_000L)
        .containsEntry(NodeEventKind.UPSTREAM_DOWN, 20L);
  }

  @Test
  void twoFloodsShareTheRing() {
    for (int i = 0; i < 10_000; i++) {
      events.publish(new RouteEvent.Moved("https/" + i, RouteEvent.State.READY, "waits for NATS"));
      events.publish(announced(i));
    }

    assertThat(kept())
        .hasSize(NodeEvents.CAPACITY)
        .filteredOn(event -> event.kind() == NodeEventKind.ROUTE_READY)
        .hasSize(NodeEvents.CAPACITY / 2);
  }

  @Test
  void oneThatFlapsDoesNotPushOutTheLastWordOfAnother() {
    events.publish(down("quiet:80", 0));
    for (int i = 0; i < 10_000; i++) {
      events.publish(down("flapping:80", i));
    }

    assertThat(kept())
        .hasSize(NodeEvents.CAPACITY)
        .startsWith(down("quiet:80", 0))
        .endsWith(down("flapping:80", 9_999));
  }

  @Test
  void eachOfManyThreadsIsHeardInItsOrder() throws InterruptedException {
    int threads = 8;
    int each = 2_000;
    var told = new AtomicInteger();
    var go = new CountDownLatch(1);
    List<List<Integer>> heard = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      heard.add(new ArrayList<>()); // of one publisher, so by one thread
    }
    events.subscribe(recorded -> {
      told.incrementAndGet();
      var route = (RouteEvent.Moved) recorded.event();
      int number = Integer.parseInt(route.reason());
      heard.get(Integer.parseInt(route.route())).add(number);
    });
    List<Thread> publishers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      String route = Integer.toString(i);
      publishers.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  go.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                for (int k = 0; k < each; k++) {
                  events.publish(
                      new RouteEvent.Moved(route, RouteEvent.State.ANNOUNCED, Integer.toString(k)));
                }
              }));
    }
    go.countDown();
    for (Thread publisher : publishers) {
      publisher.join();
    }

    assertThat(told).hasValue(threads * each);
    assertThat(heard).allSatisfy(numbers -> assertThat(numbers).hasSize(each).isSorted());
    assertThat(events.recent().recorded()).isEqualTo(told.get());
    assertThat(events.recent().events())
        .hasSize(NodeEvents.CAPACITY)
        .extracting(RecordedEvent::sequence)
        .doesNotHaveDuplicates()
        .isSorted();
  }

  @Test
  void aSubscriberThatThrowsHarmsNobody() {
    var heard = new ArrayList<NodeEvent>();
    events.subscribe(recorded -> {
      throw new IllegalStateException("expected by the test");
    });
    events.subscribe(recorded -> {
      throw new StackOverflowError("expected by the test");
    });
    events.subscribe(recorded -> heard.add(recorded.event()));

    events.publish(DRAIN);
    events.publish(announced(1));

    assertThat(heard).containsExactly(DRAIN, announced(1));
    assertThat(kept()).isEqualTo(heard);
  }
}
