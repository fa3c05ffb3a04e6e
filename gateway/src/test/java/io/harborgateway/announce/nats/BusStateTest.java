package io.harborgateway.announce.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.lifecycle.BusEvent;
import io.harborgateway.lifecycle.NodeEvent;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.lifecycle.RecordedEvent;
import io.nats.client.Connection;
import io.nats.client.api.ServerInfo;
import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BusStateTest {
  private final RecordingMeters meters = new RecordingMeters();
  private final NodeEvents events = new NodeEvents();
  private final BusState state = new BusState("gateway", meters, events);

  /** As far as it is looked at here. */
  private static Connection connected(String server, long clientId) {
    var info =
        new ServerInfo("{\"server_id\":\"ID-%s\",\"client_id\":%d}".formatted(server, clientId));
    return (Connection)
        Proxy.newProxyInstance(
            BusStateTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getStatus" -> Connection.Status.CONNECTED;
                  case "getConnectedUrl" -> server;
                  case "getServerInfo" -> info;
                  default -> throw new UnsupportedOperationException(method.toString());
                });
  }

  @Test
  void aConnectionThatEndedIsNone() {
    state.refresh(connected("one", 1));
    state.refresh(null);

    assertThat(state.status().connected()).isFalse();
    assertThat(state.status().clientId()).isZero();
    assertThat(state.status().serverId()).isNull();
    assertThat(meters.connections()).containsExactly(true, false);
    assertThat(said()).containsExactly(new BusEvent.Connected("one"), new BusEvent.Lost("one"));
  }

  @Test
  void aConnectionThatThisProcessClosesIsNotLost() {
    state.refresh(connected("one", 1));
    state.closing();
    state.refresh(null);

    assertThat(said()).containsExactly(new BusEvent.Connected("one"), new BusEvent.Closed("one"));
  }

  private List<NodeEvent> said() {
    return events.recent().events().stream().map(RecordedEvent::event).toList();
  }

  /** In a cluster that takes milliseconds. */
  @Test
  void anotherConnectionIsKnownWithoutAMomentBetween() {
    state.refresh(connected("one", 1));
    state.refresh(connected("two", 7));

    assertThat(state.status().server()).isEqualTo("two");
    assertThat(state.status().clientId()).isEqualTo(7);
    assertThat(state.status().serverId()).isEqualTo("ID-two");
    state.refresh(connected("two", 8));
    assertThat(state.status().clientId()).as("to the same server again").isEqualTo(8);
    assertThat(meters.connections()).as("it was never away").containsExactly(true);
  }

  @Test
  void theSameConnectionIsNoChange() {
    state.refresh(connected("one", 1));
    var before = state.status();
    state.refresh(connected("one", 1));

    assertThat(state.status()).isSameAs(before);
  }
}
