package io.harborgateway.control;

import static io.harborgateway.control.ReloadStand.DOMAIN;
import static io.harborgateway.control.ReloadStand.GUID;
import static io.harborgateway.control.ReloadStand.NAME;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.control.Reloads.Outcome;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.NatsServer;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import io.harborgateway.testkit.RegistryTap;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reloads while a neighbour is away: they apply, and count when it is back. */
class ReloadInTroubleIT {
  private static final String MORE = GUID + ".more." + DOMAIN;
  private static final String IMAGES = GUID + ".images." + DOMAIN;

  @TempDir private Path folder;
  private final Origin origin = Origin.start(Behaviours.acceptUploads());
  private ReloadStand stand;

  @BeforeEach
  void prepare() {
    stand = ReloadStand.prepare(folder, origin.port());
  }

  @AfterEach
  void close() {
    stand.close();
    origin.close();
  }

  @Test
  void natsIsAway() throws Exception {
    try (NatsServer nats = NatsServer.start()) {
      stand.sections.add("registration: {interval: 1s, servers: [\"" + nats.uri() + "\"]}");
      stand.routes = "[images]";
      stand.start();
      try (RegistryTap tap = RegistryTap.on(nats)) {
        tap.await("the names that were", said -> said.registers() && said.names(IMAGES));
      }
      nats.stop();

      stand.routes = "[more]";
      long begun = System.nanoTime();
      assertThat(stand.reload().outcome()).isEqualTo(Outcome.APPLIED);
      assertThat(System.nanoTime() - begun).as("nobody waits for NATS").isLessThan(3_000_000_000L);
      assertThat(status(MORE)).isEqualTo(201);

      nats.restart();
      try (RegistryTap tap = RegistryTap.on(nats)) {
        tap.await("the new name", said -> said.registers() && said.names(MORE));
        assertThat(tap.said()).noneMatch(said -> said.registers() && said.names(IMAGES));
      }
    }
  }

  @Test
  void anUpstreamIsDown() throws Exception {
    stand.start();
    origin.stop();
    Await.until("it is noticed", () -> !stand.gateway().readiness().ready());

    stand.routes = "[more]";
    stand.timeouts = "{idle: 200s}";
    assertThat(stand.reload().outcome()).isEqualTo(Outcome.APPLIED);
    assertThat(stand.gateway().readiness().ready()).as("down it stays").isFalse();

    origin.restart();
    Await.until("it is back", () -> stand.gateway().readiness().ready());
    assertThat(status(MORE)).isEqualTo(201);
    assertThat(status(NAME)).isEqualTo(201);
  }

  /** What is wrong with a new upstream is found when it is checked, and shown; others serve. */
  @Test
  void aNewListenersUpstreamIsDown() throws Exception {
    stand.start();
    origin.stop();
    stand.listeners.add(
        ReloadStand.listener("spare", stand.spare, "http", ReloadStand.to(origin.port())));
    assertThat(stand.reload().outcome()).isEqualTo(Outcome.APPLIED);

    origin.restart();
    Await.until("all are ready", () -> stand.gateway().readiness().ready());
    assertThat(stand.gateway().address("spare").getPort()).isEqualTo(stand.spare);
  }

  private int status(String name) throws IOException {
    try (RawClient client = stand.connect(name)) {
      return client.send("GET / HTTP/1.1\r\nHost: " + name + "\r\n\r\n").readResponse().status();
    }
  }
}
