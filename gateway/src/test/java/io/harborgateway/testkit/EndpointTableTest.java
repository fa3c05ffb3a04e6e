package io.harborgateway.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

final class EndpointTableTest {
  private static final JsonMapper JSON = new JsonMapper();

  private long nanos;
  private final List<String> connected = new ArrayList<>();
  private final EndpointTable table =
      new EndpointTable(
          () -> nanos,
          endpoint -> {
            connected.add(endpoint.address());
            return new BackendTransport(endpoint, EndpointTableTest::noTls);
          });

  private static SSLContext noTls() {
    throw new AssertionError("no connection is made here");
  }

  private static RegistryMessage message(String json) {
    return RegistryMessage.of(JSON.readTree(json.replace('\'', '"')));
  }

  private void registerTls(String uri, int... ports) {
    for (int port : ports) {
      table.register(message("{'uris':['" + uri + "'],'host':'h','tls_port':" + port + "}"));
    }
  }

  private EndpointPool pool(String uri) {
    return Objects.requireNonNull(table.lookup(uri));
  }

  private static EndpointPool.Selected next(EndpointPool.Selection selection) {
    return Objects.requireNonNull(selection.next());
  }

  private static List<String> firstOf(EndpointPool pool, int requests) {
    var addresses = new ArrayList<String>();
    for (int i = 0; i < requests; i++) {
      addresses.add(next(pool.selection()).endpoint().address());
    }
    return addresses;
  }

  private List<String> addresses(String uri) {
    return table.endpoints(uri).stream().map(RouterEndpoint::address).toList();
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  @Test
  void anEndpointIsItsAddress() {
    registerTls("A.example.com", 1, 2, 1);

    assertThat(addresses("a.EXAMPLE.com")).containsExactly("h:1", "h:2");
    assertThat(table.lookup("a.example.com:8443")).isNotNull();
    assertThat(table.lookup("b.example.com")).isNull();
  }

  @Test
  void theUrisOfAMessageShareConnections() {
    String route = "{'uris':['a','b'],'host':'h','tls_port':1,'server_cert_domain_san':'%s'}";
    table.register(message(route.formatted("x")));
    table.register(message(route.formatted("x")));
    assertThat(connected).containsExactly("h:1");
    assertThat(next(pool("a").selection()).transport())
        .isSameAs(next(pool("b").selection()).transport());

    table.register(message(route.formatted("y")));
    assertThat(connected).containsExactly("h:1", "h:1");
    assertThat(table.endpoints("b").getFirst().serverCertDomainSan()).isEqualTo("y");
  }

  @Test
  void unregisteringTakesTheAddressOutAndTheUriWithTheLastOne() {
    registerTls("a", 1, 2);
    table.unregister(message("{'uris':['a','b'],'host':'h','tls_port':1}"));
    assertThat(addresses("a")).containsExactly("h:2");

    table.unregister(message("{'uris':['a'],'host':'h','port':2}"));
    assertThat(table.lookup("a")).isNull();
    assertThat(table.lookup("b")).isNull();
  }

  /** As after a kill -9: the process that comes back is passed over unless it unregisters first. */
  @Test
  void unregisteringEndsThatAnEndpointIsPassedOverAndRegisteringDoesNot() {
    registerTls("a", 1, 2);
    EndpointPool pool = pool("a");
    EndpointPool.Selected failing = next(pool.selection());
    pool.failed(failing, BackendFailure.RESET);
    registerTls("a", failing.endpoint().port());
    assertThat(firstOf(pool, 4)).doesNotContain(failing.endpoint().address());

    table.unregister(
        message("{'uris':['a'],'host':'h','tls_port':" + failing.endpoint().port() + "}"));
    registerTls("a", failing.endpoint().port());
    assertThat(firstOf(pool, 2)).contains(failing.endpoint().address());
  }

  @Test
  void onlyPlainEndpointsGoStale() {
    registerTls("a", 1);
    table.register(message("{'uris':['a'],'host':'h','port':2}"));
    table.register(message("{'uris':['a'],'host':'h','port':3,'stale_threshold_in_seconds':10}"));
    pass(Duration.ofSeconds(10));
    assertThat(addresses("a")).containsExactly("h:1", "h:2", "h:3");

    pass(Duration.ofNanos(1));
    assertThat(addresses("a")).containsExactly("h:1", "h:2");

    table.register(message("{'uris':['a'],'host':'h','port':2}"));
    pass(Duration.ofMinutes(2));
    assertThat(addresses("a")).containsExactly("h:1", "h:2");

    pass(Duration.ofDays(1));
    assertThat(addresses("a")).containsExactly("h:1");
  }

  @Test
  void requestsTakeTurns() {
    registerTls("a", 1, 2, 3);

    List<String> addresses = firstOf(pool("a"), 6);
    assertThat(addresses.subList(0, 3)).containsExactlyInAnyOrder("h:1", "h:2", "h:3");
    assertThat(addresses.subList(3, 6)).isEqualTo(addresses.subList(0, 3));

    EndpointPool.Selection attempts = pool("a").selection();
    assertThat(
            List.of(
                next(attempts).endpoint().port(),
                next(attempts).endpoint().port(),
                next(attempts).endpoint().port()))
        .containsExactlyInAnyOrder(1, 2, 3);
  }

  @Test
  void aFailedEndpointIsPassedOverFor30Seconds() {
    registerTls("a", 1, 2);
    EndpointPool pool = pool("a");
    EndpointPool.Selected failing = next(pool.selection());
    pool.failed(failing, BackendFailure.RESET);
    assertThat(firstOf(pool, 4)).doesNotContain(failing.endpoint().address());

    pass(Duration.ofSeconds(31));
    assertThat(firstOf(pool, 2)).contains(failing.endpoint().address());
  }

  @Test
  void allEndpointsFailedGetAnotherChance() {
    registerTls("a", 1, 2);
    EndpointPool pool = pool("a");
    EndpointPool.Selection attempts = pool.selection();
    pool.failed(next(attempts), BackendFailure.RESET);
    pool.failed(next(attempts), BackendFailure.RESET);

    assertThat(firstOf(pool, 2)).containsExactlyInAnyOrder("h:1", "h:2");
  }

  @Test
  void aPrunableFailureTakesATlsEndpointOutAndMarksAPlainOne() {
    registerTls("tls", 1);
    EndpointPool tls = pool("tls");
    tls.failed(next(tls.selection()), BackendFailure.OTHER_ALERT);
    assertThat(tls.size()).isOne();
    tls.failed(next(tls.selection()), BackendFailure.DIAL);
    assertThat(tls.size()).isZero();
    assertThat(tls.selection().next()).isNull();

    table.register(message("{'uris':['plain'],'host':'h','port':2}"));
    EndpointPool plain = pool("plain");
    plain.failed(next(plain.selection()), BackendFailure.DIAL);
    assertThat(plain.size()).isOne();
  }

  @Test
  void anEndpointHas500RequestsAtMost() {
    registerTls("a", 1, 2);
    EndpointPool pool = pool("a");
    EndpointPool.Selected full = next(pool.selection());
    for (int i = 0; i < 500; i++) {
      full.begin();
    }
    assertThat(firstOf(pool, 4)).doesNotContain(full.endpoint().address());
    assertThat(pool.isOverloaded()).isFalse();

    table.unregister(
        message("{'uris':['a'],'host':'h','tls_port':" + (3 - full.endpoint().port()) + "}"));
    assertThat(pool.isOverloaded()).isTrue();
    assertThat(pool.selection().next()).isNull();

    full.end();
    assertThat(firstOf(pool, 1)).containsExactly(full.endpoint().address());
  }

  @Test
  void anAppInstanceIsFoundByItsIndex() {
    String route =
        "{'uris':['a'],'host':'h','tls_port':%d,'app':'x','private_instance_index':'%d'}";
    table.register(message(route.formatted(1, 0)));
    table.register(message(route.formatted(2, 1)));

    EndpointPool second = pool("a").ofInstance("x", "1");
    assertThat(firstOf(second, 2)).containsExactly("h:2", "h:2");
    assertThat(pool("a").ofInstance("x", "2").size()).isZero();

    second.failed(next(second.selection()), BackendFailure.DIAL);
    assertThat(pool("a").size()).isEqualTo(2);
  }
}
