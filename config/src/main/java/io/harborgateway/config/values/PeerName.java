package io.harborgateway.config.values;

import java.util.Locale;

/**
 * The name of a peer that the gateway connects to: a {@link HostName} whose labels may hold
 * underscores, as compose service names do ({@code harbor_nginx}). Resolvers accept them; only
 * names announced to routers must not have them.
 *
 * @param value in lower case, without a trailing dot; the constructor accepts both
 */
public record PeerName(String value) {
  public static final String EXPECTED = "a DNS name, such as registry.example.com or harbor_nginx";
  private static final String LABEL = "[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";
  public static final String PATTERN = LABEL + "(\\." + LABEL + ")*\\.?";

  /** Throws {@link IllegalArgumentException} if {@code value} is not such a name. */
  public PeerName {
    String name = value.endsWith(".") ? value.substring(0, value.length() - 1) : value;
    if (!HostName.isPeer(name)) {
      throw IllegalValueException.of(value, EXPECTED);
    }
    value = name.toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return value;
  }
}
