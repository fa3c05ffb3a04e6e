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
 * The token that the routing API wants, by the client credentials grant (RFC 6749 section 4.4) of
 * UAA. One is held, and replaced before it expires.
 *
 * <p>The request is that of go-uaa, which route_registrar uses: {@code POST /oauth/token} with the
 * credentials in the Authorization header, form-encoded (RFC 6749 section 2.3.1), which UAA takes
 * them for only with {@code X-CF-ENCODED-CREDENTIALS}; a JWT is asked for, since the API can read
 * no other token.
 *
 * <p>Confined to one thread, which it blocks, but for {@link #expires} and {@link #close}.
 */
final class UaaTokens implements AutoCloseable {
  private static final String FORM = "grant_type=client_credentials&token_format=jwt";

  /** RFC 6750 section 2.1. */
  private static final Pattern BEARER_TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

  /** As route_registrar; but of a token that lives shorter than a minute, half its life. */
  private static final long RENEW_BEFORE_SECONDS = 30;

  /** Where UAA does not say it. A wrong guess costs one refused request. */
  private static final long UNKNOWN_LIFETIME_SECONDS = 300;

  private static final long LONGEST_LIFETIME_SECONDS = Duration.ofDays(365).toSeconds();

  private final HttpsPeer uaa;
  private final RoutingApiAccess access;

  private @Nullable String token;
  private long renewAt; // of System.nanoTime(); means something while there is a token
  private volatile @Nullable Instant expires;

  UaaTokens(RoutingApiAccess access) {
    this.uaa = new HttpsPeer(access.uaa());
    this.access = access;
  }

  /** The secret as it is in its file now. */
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
   * A token that is valid by what UAA said of it.
   *
   * @throws IOException if UAA is away, refuses the credentials, or the secret's file can't be
   *     read; without the credentials
   */
  String current() throws IOException, InterruptedException {
    String held = token;
    return held != null && System.nanoTime() - renewAt < 0 ? held : fetch();
  }

  /** The API has refused the token: the next one is a new one. */
  void discard() {
    token = null;
    expires = null;
  }

  /** Until when the held token is valid; null: none is held. */
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
      // not quoted: it may be one all the same
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
