package io.harborgateway.announce.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.harborgateway.config.AnnouncedRouteConfig;
import io.harborgateway.config.RoutePolicyConfig;
import io.harborgateway.config.values.HostName;
import io.harborgateway.config.values.LoadBalancing;
import io.harborgateway.config.values.RoutePolicyScope;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class RegistryMessageTest {
  private static final UUID ID = UUID.fromString("00000000-0000-4000-8000-000000000001");
  private static final HostName NAME = HostName.of("guid.example.com");
  private static final AnnouncedRouteConfig BARE =
      new AnnouncedRouteConfig("https", List.of(), Map.of(), null, 0, null, null, null, null);

  @Test
  void everyField() {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put("component", "harbor");
    tags.put("quoted", "a \"b\" ü");
    var fields =
        new AnnouncedRouteConfig(
            "https",
            List.of(),
            tags,
            "registry",
            2,
            "segment-1",
            Duration.ofSeconds(60),
            URI.create("https://route-service.example.com/path"),
            LoadBalancing.LEAST_CONNECTION);
    var message =
        new RegistryMessage(
                List.of(NAME.value(), "guid.extra.example.com"),
                new Endpoint(80, 443, NAME, Endpoint.Protocol.HTTP2),
                new NodeIdentity("10.0.1.5", ID, "z1"),
                fields)
            .announcedAt(Instant.ofEpochSecond(1_767_225_600, 123_456_789));

    assertThat(json(message))
        .isEqualTo(
            """
            {"uris":["guid.example.com","guid.extra.example.com"],\
            "host":"10.0.1.5","port":80,"tls_port":443,"protocol":"http2",\
            "server_cert_domain_san":"guid.example.com",\
            "tags":{"component":"harbor","quoted":"a \\"b\\" ü"},\
            "route_service_url":"https://route-service.example.com/path",\
            "private_instance_id":"00000000-0000-4000-8000-000000000001",\
            "app":"registry","private_instance_index":"2","isolation_segment":"segment-1",\
            "availability_zone":"z1","stale_threshold_in_seconds":60,\
            "options":{"loadbalancing":"least-connection","lb_algo":"least-connection"},\
            "endpoint_updated_at_ns":1767225600123456789}\
            """);
  }

  @Test
  void whatIsNotSetIsLeftOut() {
    var message =
        new RegistryMessage(
            List.of(NAME.value()),
            Endpoint.tls(443, NAME),
            new NodeIdentity("10.0.1.5", ID, null),
            BARE);

    assertThat(json(message))
        .isEqualTo(
            """
            {"uris":["guid.example.com"],"host":"10.0.1.5","tls_port":443,"protocol":"http1",\
            "server_cert_domain_san":"guid.example.com",\
            "private_instance_id":"00000000-0000-4000-8000-000000000001"}\
            """);
  }

  @Test
  void plaintextEndpointHasNoCertificateName() {
    var message =
        new RegistryMessage(
            List.of(NAME.value()),
            Endpoint.plain(80),
            new NodeIdentity("10.0.1.5", ID, null),
            BARE);

    assertThat(json(message))
        .contains("\"port\":80")
        .doesNotContain("tls_port", "server_cert_domain_san");
  }

  @Test
  void roundRobinByItsNameOnTheWire() {
    var fields =
        new AnnouncedRouteConfig(
            "https", List.of(), Map.of(), null, 0, null, null, null, LoadBalancing.ROUND_ROBIN);
    var message =
        new RegistryMessage(
            List.of(NAME.value()),
            Endpoint.plain(80),
            new NodeIdentity("10.0.1.5", ID, null),
            fields);

    assertThat(json(message))
        .contains("\"options\":{\"loadbalancing\":\"round-robin\",\"lb_algo\":\"round-robin\"}");
  }

  private static RegistryMessage withOptions(
      @Nullable LoadBalancing choice,
      @Nullable String header,
      @Nullable BigDecimal balance,
      @Nullable RoutePolicyConfig policy) {
    var fields =
        new AnnouncedRouteConfig(
            "https", List.of(), Map.of(), null, 0, null, null, null, choice, header, balance,
            policy);
    return new RegistryMessage(
        List.of(NAME.value()), Endpoint.plain(80), new NodeIdentity("10.0.1.5", ID, null), fields);
  }

  /** Routers that read the older name know no hash. */
  @Test
  void hashWithItsHeaderAndBalance() {
    assertThat(json(withOptions(LoadBalancing.HASH, "X-Tenant", new BigDecimal("1.25"), null)))
        .contains(
            "\"options\":{\"loadbalancing\":\"hash\",\"hash_header\":\"X-Tenant\","
                + "\"hash_balance\":1.25}")
        .doesNotContain("lb_algo");
    assertThat(json(withOptions(LoadBalancing.HASH, "X-Tenant", null, null)))
        .contains("\"options\":{\"loadbalancing\":\"hash\",\"hash_header\":\"X-Tenant\"}");
  }

  @Test
  void policyInBothOfItsForms() {
    var sources = List.of("cf:app:a", "cf:app:b", "cf:space:c", "cf:org:d");
    assertThat(
            json(
                withOptions(
                    null, null, null, new RoutePolicyConfig(RoutePolicyScope.ORG, sources))))
        .contains(
            "\"options\":{\"route_policy_scope\":\"org\","
                + "\"route_policy_sources\":\"cf:app:a,cf:app:b,cf:space:c,cf:org:d\"}",
            "\"allowed_sources\":{\"apps\":[\"a\",\"b\"],\"spaces\":[\"c\"],\"orgs\":[\"d\"]}");
    var any = new RoutePolicyConfig(RoutePolicyScope.ANY, List.of("cf:any"));
    assertThat(json(withOptions(null, null, null, any)))
        .contains("\"route_policy_sources\":\"cf:any\"", "\"allowed_sources\":{\"any\":true}");
  }

  /** Left out they would be no restriction at all. */
  @Test
  void policyWithoutSourcesIsSaid() {
    var nobody = new RoutePolicyConfig(RoutePolicyScope.ANY, List.of());
    assertThat(json(withOptions(null, null, null, nobody)))
        .contains(
            "\"options\":{\"route_policy_scope\":\"any\",\"route_policy_sources\":\"\"}",
            "\"allowed_sources\":{}");
  }

  @Test
  void refusesAMessageThatLeadsNowhere() {
    var origin = new NodeIdentity("10.0.1.5", ID, null);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RegistryMessage(List.of(), Endpoint.plain(80), origin, BARE));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Endpoint(null, null, null, Endpoint.Protocol.HTTP1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Endpoint(80, null, NAME, Endpoint.Protocol.HTTP1));
    assertThatIllegalArgumentException().isThrownBy(() -> Endpoint.plain(0));
    assertThatIllegalArgumentException().isThrownBy(() -> Endpoint.tls(65536, NAME));
  }

  @Test
  void isSplitWhereItWouldBeTooLong() {
    List<String> names =
        IntStream.range(0, 100).mapToObj(i -> "guid.route-" + i + ".example.com").toList();
    var message =
        new RegistryMessage(
            names, Endpoint.tls(443, NAME), new NodeIdentity("10.0.1.5", ID, null), BARE);
    assertThat(message.json(1 << 20)).hasSize(1);

    List<byte[]> parts = message.json(1_000);

    assertThat(parts).hasSizeGreaterThan(2).allMatch(part -> part.length <= 1_000);
    List<String> found = new ArrayList<>();
    for (byte[] part : parts) {
      JsonNode json = new JsonMapper().readTree(part);
      json.get("uris").forEach(uri -> found.add(uri.stringValue()));
      assertThat(json.get("tls_port").intValue()).isEqualTo(443);
    }
    assertThat(found).isEqualTo(names);
  }

  @Test
  void eachProcessHasAnIdOfItsOwn() {
    assertThat(NodeIdentity.starting("10.0.1.5", null).privateInstanceId())
        .isNotEqualTo(NodeIdentity.starting("10.0.1.5", null).privateInstanceId());
  }

  private static String json(RegistryMessage message) {
    return new String(message.json(), StandardCharsets.UTF_8);
  }
}
