package io.harborgateway.config.values;

import io.harborgateway.config.meta.Schemes;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/** Parses URIs of given schemes, without credentials. */
public final class Uris {
  private Uris() {}

  /** The expectation stated in errors, with an example for the schemes. */
  public static String expected(Schemes schemes) {
    String rest = schemes.hostAndPort() ? "://host:port" : "://host/path";
    return "a URI, such as " + String.join(rest + " or ", schemes.value()) + rest;
  }

  /** Throws {@link IllegalArgumentException} if {@code text} is not such a URI. */
  public static URI parse(String text, Schemes schemes) {
    String expected = expected(schemes);
    if (text.contains("@")) {
      // not quoted: it may hold a password
      throw new IllegalValueException("a URI with user information", expected);
    }
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw IllegalValueException.of(text, expected);
    }
    boolean known = uri.getScheme() != null && List.of(schemes.value()).contains(uri.getScheme());
    if (!known || uri.getHost() == null) {
      throw IllegalValueException.of(text, expected);
    }
    boolean more =
        !uri.getRawPath().isEmpty() || uri.getRawQuery() != null || uri.getRawFragment() != null;
    boolean portFits = uri.getPort() >= 1 && uri.getPort() <= 65535;
    if (schemes.hostAndPort() ? more || !portFits : uri.getPort() != -1 && !portFits) {
      throw IllegalValueException.of(text, expected);
    }
    return uri;
  }
}
