package io.harborgateway.announce;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.config.AnnouncedRouteConfig;
import io.harborgateway.config.values.HostName;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.route.Instance;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RouteNamesTest {
  private static final String GUID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
  private static final Instance INSTANCE =
      new Instance(
          InstanceGuid.of(GUID),
          List.of(
              HostName.of(GUID + ".example.com"),
              HostName.of(GUID + ".images.example.com"),
              HostName.of(GUID + ".notary.example.com")));

  private static AnnouncedRouteConfig route(String listener, String... names) {
    return new AnnouncedRouteConfig(
        listener, List.of(names), Map.of(), null, 0, null, null, null, null);
  }

  @Test
  void aRouteAloneHasAllNames() {
    AnnouncedRouteConfig route = route("https");
    assertThat(RouteNames.of(INSTANCE, route, List.of(route)))
        .containsExactly(
            GUID + ".example.com", GUID + ".images.example.com", GUID + ".notary.example.com");
  }

  @Test
  void whatOneRouteNamesIsNotTheOthers() {
    AnnouncedRouteConfig https = route("https");
    AnnouncedRouteConfig notary = route("notary", "notary");
    List<AnnouncedRouteConfig> all = List.of(https, notary);
    assertThat(RouteNames.of(INSTANCE, https, all))
        .containsExactly(GUID + ".example.com", GUID + ".images.example.com");
    assertThat(RouteNames.of(INSTANCE, notary, all)).containsExactly(GUID + ".notary.example.com");
  }

  @Test
  void theBaseNameIsCalledBase() {
    AnnouncedRouteConfig base = route("https", "base");
    assertThat(RouteNames.of(INSTANCE, base, List.of(base))).containsExactly(GUID + ".example.com");
  }

  @Test
  void anInstanceWithoutTheNameHasNone() {
    AnnouncedRouteConfig other = route("https", "other");
    assertThat(RouteNames.of(INSTANCE, other, List.of(other))).isEmpty();
  }
}
