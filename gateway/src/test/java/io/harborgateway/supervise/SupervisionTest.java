package io.harborgateway.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.lifecycle.Condition;
import io.harborgateway.lifecycle.Drain;
import io.harborgateway.lifecycle.DrainEvent;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.lifecycle.Readiness;
import io.harborgateway.lifecycle.ReloadEvent;
import io.harborgateway.lifecycle.UpstreamEvent;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.NotifyReceiver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes to a notify socket, with a node that the test moves. */
@Timeout(30)
class SupervisionTest {
  private static final long PID = 4711;

  private final Drain drain = new Drain();
  private final NodeEvents events = new NodeEvents();
  private final Readiness readiness = new Readiness(drain, events);
  private final Condition upstream =
      readiness.condition(
          "upstream https 172.18.0.10:443",
          (now, ready) -> UpstreamEvent.of("https", "172.18.0.10:443", "", "", now, ready));
  private volatile boolean answering = true;
  private volatile long connections = 3;
  private NotifyReceiver manager = NotifyReceiver.at("@hg-supervision-" + System.nanoTime());

  @AfterEach
  void close() {
    manager.close();
  }

  private final class Node implements NodeState {
    @Override
    public Readiness readiness() {
      return readiness;
    }

    @Override
    public boolean isAnswering() {
      return answering;
    }

    @Override
    public long connections() {
      return connections;
    }

    @Override
    public Duration drainLimit() {
      return Duration.ofSeconds(60);
    }
  }

  private Supervision supervision(String name, Map<String, String> more) {
    manager.close();
    manager = NotifyReceiver.at(name);
    var environment = new HashMap<>(Map.of("NOTIFY_SOCKET", name));
    environment.putAll(more);
    return Supervision.of(environment, PID, new Node(), events);
  }

  private Supervision supervision() {
    return supervision("@hg-supervision-" + System.nanoTime(), Map.of());
  }

  @Test
  void theStatusSaysWhatTheNodeIsDoing(@TempDir Path folder) {
    try (var supervision = supervision(folder.resolve("notify").toString(), Map.of())) {
      manager.await(
          "STATUS=starting, held back by upstream https 172.18.0.10:443: not checked yet");
      supervision.started();
      upstream.notMet("connection\nrefused");
      manager.await("STATUS=held back by upstream https 172.18.0.10:443: connection refused");
      upstream.met();
      manager.await("STATUS=serving");
      events.publish(new ReloadEvent.Rejected("SIGHUP", 1, 2, "gateway.yml:4:1: x: no"));
      manager.await("STATUS=serving; the last reload was rejected: gateway.yml:4:1: x: no");

      drain.begin();
      events.publish(new DrainEvent(DrainEvent.Phase.LISTENERS_CLOSED, 3));
      events.publish(new ReloadEvent.Unchanged("a command", 1));
      manager.await("STATUS=draining: 3 connections left");
      connections = 1;
      manager.await("STATUS=draining: 1 connection left");
      events.publish(new DrainEvent(DrainEvent.Phase.DONE, 0));
      manager.await("STATUS=drained");
    }
    List<Long> times =
        manager.messages().stream()
            .filter(message -> message.text().startsWith("STATUS="))
            .map(NotifyReceiver.Message::nanos)
            .toList();
    for (int i = 1; i < times.size(); i++) {
      assertThat(times.get(i) - times.get(i - 1)).isGreaterThan(900_000_000L);
    }
  }

  @Test
  void aThousandEventsAreNoThousandMessages() {
    upstream.met();
    try (var supervision = supervision()) {
      supervision.started();
      manager.await("STATUS=serving");
      for (int i = 0; i < 1000; i++) {
        upstream.notMet("no " + i);
        upstream.met();
      }
    }
    assertThat(manager.messages()).hasSizeLessThan(4);
  }

  @Test
  void aReloadIsBegunAndEndedWhateverBecomesOfIt() {
    var first = new CompletableFuture<Void>();
    var second = new CompletableFuture<Void>();
    long before = System.nanoTime() / 1000;
    try (var supervision = supervision()) {
      supervision.reload(() -> first);
      supervision.reload(() -> second);
      first.complete(null);
      var begun = manager.await("RELOADING=1");
      assertThat(Long.parseLong(begun.value("MONOTONIC_USEC").findFirst().orElseThrow()))
          .isBetween(before, System.nanoTime() / 1000);
      assertThat(manager.values("READY")).as("another one runs").isEmpty();
      second.completeExceptionally(new IllegalStateException("a test's"));
      manager.await("READY=1");
    }
    assertThat(manager.values("RELOADING")).hasSize(2);
    assertThat(manager.values("READY")).hasSize(1);
  }

  @Test
  void theWatchdogIsFedWhileTheThreadsAnswer() throws InterruptedException {
    var micros = Map.of("WATCHDOG_USEC", "400000", "WATCHDOG_PID", Long.toString(PID));
    try (var supervision = supervision("@hg-watchdog-" + System.nanoTime(), micros)) {
      Await.until("fed", () -> manager.values("WATCHDOG").size() >= 3);
      answering = false;
      Thread.sleep(200);
      int fed = manager.values("WATCHDOG").size();
      Thread.sleep(600);
      assertThat(manager.values("WATCHDOG")).hasSize(fed);
      answering = true;
      Await.until("fed at once", () -> manager.values("WATCHDOG").size() > fed);
      assertThat(supervision).isNotNull();
    }
  }

  @Test
  void aWatchdogOfAnotherProcessIsNotFed() throws InterruptedException {
    var micros = Map.of("WATCHDOG_USEC", "100000", "WATCHDOG_PID", "1");
    try (var supervision = supervision("@hg-watchdog-" + System.nanoTime(), micros)) {
      supervision.started();
      manager.await("READY=1");
      Thread.sleep(300);
    }
    assertThat(manager.values("WATCHDOG")).isEmpty();
  }

  /**
   * The rest is up to the process that takes over: a STOPPING of this one would end the service.
   */
  @Test
  void afterTheHandOverNothingIsSaid() {
    try (var supervision = supervision()) {
      supervision.started();
      supervision.handOver(4712);
      supervision.stopping();
      supervision.started();
    }
    manager.await("MAINPID=4712");
    assertThat(manager.messages().getLast().text()).isEqualTo("MAINPID=4712");
  }

  @Test
  void whatCannotBeToldKeepsNothingFromRunning() {
    var ended = new CompletableFuture<Void>();
    for (String name : List.of("", "relative", "vsock:2:1234", "/no/such/socket")) {
      try (var supervision =
          Supervision.of(Map.of("NOTIFY_SOCKET", name), PID, new Node(), events)) {
        supervision.started();
        supervision.reload(() -> ended);
        supervision.stopping();
      }
    }
    var unclear = Map.of("NOTIFY_SOCKET", "@x", "WATCHDOG_USEC", "soon");
    Supervision.of(unclear, PID, new Node(), events).close();
  }
}
