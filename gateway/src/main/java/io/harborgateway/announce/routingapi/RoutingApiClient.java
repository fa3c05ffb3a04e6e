package io.harborgateway.announce.routingapi;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A client of the routing API: {@code GET /routing/v1/router_groups}, {@code POST
 * /routing/v1/tcp_routes/create} and {@code /delete}, with a bearer token
 * (cloudfoundry/routing-api, {@code docs/02-api-docs.md}). A rejected token is replaced, and the
 * request sent again, once.
 *
 * <p>Confined to one thread, which it blocks (at most 5 s per request), except for {@link
 * #tokenExpires} and {@link #close}.
 */
final class RoutingApiClient implements AutoCloseable {
  /** Statuses with which the API rejects a mapping: {@code handlers/errors.go}. */
  private static final Set<Integer> REFUSALS = Set.of(400, 409, 422);

  private static final int UNAUTHORIZED = 401;
  private static final int NOT_FOUND = 404;

  private final HttpsPeer api;
  private final UaaTokens tokens;

  /** By router group name. An unknown name is looked up. */
  private final Map<String, String> groupGuids = new HashMap<>();

  RoutingApiClient(RoutingApiAccess access) {
    this.api = new HttpsPeer(access.api());
    this.tokens = new UaaTokens(access);
  }

  /**
   * Upserts the mapping: the API keeps it for its TTL from now on, whether it had it or not.
   *
   * @param ttlSeconds how long the API should keep it; at least 1
   * @param beforeSending called just before the request is sent, if it gets that far
   * @throws MappingRefusedException if the API rejects this mapping
   * @throws IOException if it is not known whether the API has it: the API or UAA is unreachable,
   *     failing, or refuses the credentials
   */
  void upsert(TcpRouteMapping mapping, long ttlSeconds, Runnable beforeSending)
      throws IOException, MappingRefusedException, InterruptedException {
    change("create", mapping, ttlSeconds, beforeSending);
  }

  /**
   * Deletes the mapping. It is not an error if the API does not have it.
   *
   * @param ttlSeconds as for {@link #upsert}: the same value is sent
   * @throws MappingRefusedException if the API rejects this mapping
   * @throws IOException if it is not known whether the API has deleted it
   */
  void delete(TcpRouteMapping mapping, long ttlSeconds)
      throws IOException, MappingRefusedException, InterruptedException {
    change("delete", mapping, ttlSeconds, () -> {});
  }

  /** The expiry of the current token; null: none is held. */
  @Nullable Instant tokenExpires() {
    return tokens.expires();
  }

  private void change(String verb, TcpRouteMapping mapping, long ttlSeconds, Runnable beforeSending)
      throws IOException, MappingRefusedException, InterruptedException {
    byte[] body = mapping.json(groupGuid(mapping.routerGroup()), ttlSeconds);
    tokens.current(); // fails before anything is sent
    beforeSending.run();
    ApiResponse response =
        authorized(
            api.request("/routing/v1/tcp_routes/" + verb)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body)));
    if (REFUSALS.contains(response.status())) {
      // the group may have been recreated with another GUID
      groupGuids.remove(mapping.routerGroup());
      throw new MappingRefusedException(response.describe());
    }
    requireSuccess(response);
  }

  private String groupGuid(String name)
      throws IOException, MappingRefusedException, InterruptedException {
    String known = groupGuids.get(name);
    if (known != null) {
      return known;
    }
    String query = URLEncoder.encode(name, StandardCharsets.UTF_8);
    ApiResponse response =
        authorized(
            api.request("/routing/v1/router_groups?name=" + query)
                .header("Accept", "application/json")
                .GET());
    if (response.status() == NOT_FOUND && response.isErrorOfTheApi()) {
      throw new MappingRefusedException(response.describe());
    }
    requireSuccess(response);
    for (JsonNode group : response.json()) {
      // an API version without this query lists all groups
      String guid = group.path("guid").asString("");
      if (group.path("name").asString("").equals(name) && !guid.isEmpty()) {
        groupGuids.put(name, guid);
        return guid;
      }
    }
    throw new MappingRefusedException(
        response.request() + ": no such group (expected: one that the routing API knows)");
  }

  private ApiResponse authorized(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    ApiResponse response = api.send(withToken(request));
    if (response.status() != UNAUTHORIZED) {
      return response;
    }
    tokens.discard();
    return api.send(withToken(request));
  }

  private HttpRequest withToken(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return request.setHeader("Authorization", "bearer " + tokens.current()).build();
  }

  private static void requireSuccess(ApiResponse response) throws IOException {
    if (!response.isSuccess()) {
      throw new IOException(response.describe());
    }
  }

  /** Closes the connections, including active ones. */
  @Override
  public void close() {
    api.close();
    tokens.close();
  }
}
