package io.harborgateway.announce.routingapi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Fetches the token that the routing API requires, with UAA's client credentials grant (RFC 6749
 * section 4.4). One is held, and replaced before it expires.
 *
 * <p>The request is that of go-uaa, which route_registrar uses: {@code POST /oauth/token} with the
 * credentials in the Authorization header, form-encoded (RFC 6749 section 2.3.1), which UAA decodes
 * only with {@code X-CF-ENCODED-CREDENTIALS}; it asks for a JWT, since the API can read no other
 * token.
 *
 * <p>Confined to one thread, which it blocks, except for {@link #expires} and {@link #close}.
 */
final class UaaTokens implements AutoCloseable {
  private static final String FORM = "grant_type=client_credentials&token_format=jwt";

  /** RFC 6750 section 2.1. */
  private static final Pattern BEARER_TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

  /** Same as route_registrar; but half the lifetime for a token that lives less than a minute. */
  private static final long RENEW_BEFORE_SECONDS = 30;

  /** Assumed if UAA does not state it. A wrong guess costs one refused request. */
  private static final long UNKNOWN_LIFETIME_SECONDS = 300;

  private static final long LONGEST_LIFETIME_SECONDS = Duration.ofDays(365).toSeconds();

  private final HttpsPeer uaa;
  private final RoutingApiAccess access;

  private @Nullable String token;
  private long renewAt; // by System.nanoTime(); meaningful only while there is a token
  private volatile @Nullable Instant expires;

  UaaTokens(RoutingApiAccess access) {
    this.uaa = new HttpsPeer(access.uaa());
    this.access = access;
  }

  /** Builds the credentials with the secret's current value. */
  private String credentials() throws IOException {
    try {
      return encoded(access.client()) + ":" + encoded(access.clientSecret().value());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /**
   * Returns a token that is valid according to UAA.
   *
   * @throws IOException if UAA is unreachable or refuses the credentials, or the secret's file
   *     can't be read; never contains the credentials
   */
  String current() throws IOException, InterruptedException {
    String held = token;
    return held != null && System.nanoTime() - renewAt < 0 ? held : fetch();
  }

  /** The API has refused the token: fetches a new one next time. */
  void discard() {
    token = null;
    expires = null;
  }

  /** The expiry of the current token; null: none is held. */
  @Nullable Instant expires() {
    return expires;
  }

  private String fetch() throws IOException, InterruptedException {
    discard();
    long asked = System.nanoTime();
    Instant askedAt = Instant.now();
    ApiResponse response = uaa.send(request());
    if (!response.isSuccess()) {
      throw new IOException(response.describe());
    }
    JsonNode answer = response.json();
    String fetched = answer.path("access_token").asString("");
    if (!BEARER_TOKEN.matcher(fetched).matches()) {
      // not quoted: it may be a token nevertheless
      throw new IOException(response.request() + ": no access_token (expected: a bearer token)");
    }
    long lifetime =
        Math.clamp(
            answer.path("expires_in").asLong(UNKNOWN_LIFETIME_SECONDS),
            0,
            LONGEST_LIFETIME_SECONDS);
    long margin = Math.min(RENEW_BEFORE_SECONDS * 1000, lifetime * 1000 / 2);
    renewAt = asked + TimeUnit.MILLISECONDS.toNanos(lifetime * 1000 - margin);
    expires = askedAt.plusSeconds(lifetime);
    token = fetched;
    return fetched;
  }

  private HttpRequest request() throws IOException {
    byte[] basic = credentials().getBytes(StandardCharsets.UTF_8);
    return uaa.request("/oauth/token")
        .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(basic))
        .header("X-CF-ENCODED-CREDENTIALS", "true")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .header("Accept", "application/json")
        .POST(BodyPublishers.ofString(FORM))
        .build();
  }

  @Override
  public void close() {
    uaa.close();
  }
}
