package io.harborgateway.demo;

import java.util.List;
import java.util.stream.Stream;

/**
 * The demo's only instance: it has the same names at each start, so that commands can be repeated.
 */
public final class DemoInstance {
  static final String GUID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

  /** In {@code .test}, which no DNS resolves (RFC 6761 section 6.2). */
  static final String DOMAIN = "demo.test";

  static final List<String> ADDITIONAL_ROUTES = List.of("harbor", "images");

  /** The name in the certificate of the nginx stand-in, as Harbor's installer creates it. */
  static final String HARBOR_NAME = "harbor.internal";

  private DemoInstance() {}

  static String baseName() {
    return GUID + "." + DOMAIN;
  }

  static String additionalName(String route) {
    return GUID + "." + route + "." + DOMAIN;
  }

  /** The base name, then the additional ones. */
  public static List<String> names() {
    return Stream.concat(
            Stream.of(baseName()), ADDITIONAL_ROUTES.stream().map(DemoInstance::additionalName))
        .toList();
  }
}
