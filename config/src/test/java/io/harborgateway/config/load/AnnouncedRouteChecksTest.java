package io.harborgateway.config.load;

import static io.harborgateway.config.load.Loading.BASE;
import static io.harborgateway.config.load.Loading.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.config.AnnouncedRouteConfig;
import io.harborgateway.config.RegistrationConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused of an announced route, and what is only warned of. */
final class AnnouncedRouteChecksTest {
  private static final String GUID = "5f1c3a52-7d0e-4d0a-9a53-3c1b7a0c2f11";

  @TempDir Path folder;

  private static String route(String keys) {
    return BASE
        + "registration:\n  servers: [\"nats://n:4222\"]\n  routes:\n    - listener: web\n"
        + keys.indent(6);
  }

  private AnnouncedRouteConfig loaded(String keys) {
    RegistrationConfig registration = new Loading(folder).config(route(keys)).registration();
    return Objects.requireNonNull(registration).routes().getFirst();
  }

  private List<String> warnings(String yaml) {
    Loading loading = new Loading(folder);
    return loading.shown(loading.load(yaml).warnings());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1.1", "1.25", "2"})
  void balanceIsZeroOrAboveOne(String balance) {
    AnnouncedRouteConfig route =
        loaded("load-balancing: hash\nhash-header: X-Tenant\nhash-balance: " + balance);
    assertThat(route.hashBalance()).isEqualByComparingTo(balance);
    assertThat(route.options().hashHeader()).isEqualTo("X-Tenant");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "load-balancing: hash | load-balancing: hash without hash-header (expected: both)",
        "hash-header: X | hash-header: hash-header without load-balancing: hash"
            + " (expected: both or neither)",
        "load-balancing: hash, hash-header: X, hash-balance: 1.09"
            + " | hash-balance: 1.09 (expected: 0, or 1.1 and more)",
        "load-balancing: hash, hash-header: X, hash-balance: -1"
            + " | hash-balance: -1 (expected: 0 to 100)",
        "load-balancing: hash, hash-header: X, hash-balance: much"
            + " | hash-balance: \"much\" (expected: a number)",
        "load-balancing: hash, hash-header: 'a b'"
            + " | hash-header: \"a b\" (expected: the name of a header field)",
        "route-policy: {sources: [\"cf:any\"]} | route-policy.scope: missing"
            + " (expected: any, org or space)",
        "route-policy: {scope: any, sources: [\"cf:app\"]} | route-policy.sources[0]: \"cf:app\""
            + " (expected: cf:any, or cf:app:, cf:space: or cf:org: and a GUID)",
        "route-policy: {scope: any, sources: [\"cf:app:x\"]}"
            + " | route-policy.sources[0]: \"cf:app:x\""
            + " (expected: cf:any, or cf:app:, cf:space: or cf:org: and a GUID)",
        "route-policy: {scope: any, sources: [\"cf:any\", \"cf:space:"
            + GUID
            + "0\"]}"
            + " | route-policy.sources[1]: \"cf:space:"
            + GUID
            + "0\"",
        "route-policy: {scope: any, sources: [\"cf:org:"
            + GUID
            + "\", \"cf:any\"]}"
            + " | route-policy.sources[1]: \"cf:any\" beside others"
            + " (expected: it alone, or not at all)",
      },
      quoteCharacter = '#')
  void refuses(String keys, String problem) {
    String[] lines = keys.startsWith("route-policy") ? new String[] {keys} : keys.split(", ");
    Loading loading = new Loading(folder);
    assertThat(loading.problems(loading.write(route(String.join("\n", lines)))))
        .hasSize(1)
        .first()
        .asString()
        .contains("registration.routes[0]." + problem);
  }

  @Test
  void warnsOfWhatRoutersMakeNothingOf() {
    assertThat(warnings(route("app: harbor\nstale-threshold: 60s")))
        .containsExactly(
            "gateway.yml:14:12: registration.routes[0].app: \"harbor\""
                + " (expected: a GUID: routers of 2025 and later select by nothing else)",
            "gateway.yml:15:24: registration.routes[0].stale-threshold: a threshold"
                + " (expected: none: the routers forget no route of an https listener by its age)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cf:any", "cf:app:" + GUID, "cf:space:" + GUID, "cf:org:" + GUID})
  void acceptsEachKindOfSource(String source) {
    String policy = "route-policy: {scope: any, sources: [\"" + source + "\"]}";
    assertThat(warnings(route(policy))).isEmpty();
    assertThat(Objects.requireNonNull(loaded(policy).routePolicy()).sources())
        .containsExactly(source);
  }

  @Test
  void warnsOfAPolicyThatLetsNobodyCall() {
    assertThat(warnings(route("route-policy: {scope: any}")))
        .singleElement()
        .asString()
        .contains("route-policy: no sources (expected: one at least: without, nobody may call)");
    String org = "route-policy: {scope: org, sources: [\"cf:any\"]}";
    assertThat(warnings(route(org)))
        .singleElement()
        .asString()
        .contains("route-policy.scope: org without the tag organization_id");
    assertThat(warnings(route(org + "\ntags: {organization_id: o}"))).isEmpty();
  }

  @Test
  void aGuidAndAThresholdOfAnHttpListenerAreNotWarnedOf() {
    String yaml = route("app: " + GUID + "\nstale-threshold: 60s");
    assertThat(warnings(with(yaml, "protocol: https", "protocol: http"))).isEmpty();
  }
}
