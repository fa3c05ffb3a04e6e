package io.harborgateway.admin;

import io.harborgateway.lifecycle.ConditionStatus;
import io.harborgateway.lifecycle.Readiness;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The resources of the admin endpoint by path. Blocks as long as the sources do: not for an event
 * loop.
 */
final class AdminResources {
  static final List<String> PATHS =
      List.of("/healthz", "/readyz", "/metrics", "/status", "/events");
  static final List<String> ACTIONS =
      List.of("/drain", "/undrain", "/reload", "/hand-over", "/upgrade");

  private static final Logger LOG = LoggerFactory.getLogger(AdminResources.class);

  /** Created for the first JSON answer, not at startup: it loads some 400 classes. */
  private static final class Json {
    static final JsonMapper MAPPER =
        JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  }

  private final AdminSources sources;

  AdminResources(AdminSources sources) {
    this.sources = sources;
  }

  /**
   * Returns the answer to a GET. A source that fails becomes a 500, which is logged here.
   *
   * @param path without a query
   */
  AdminResponse get(String path) {
    try {
      return switch (path) {
        case "/healthz" -> AdminResponse.text(HttpResponseStatus.OK, "ok");
        case "/readyz" -> readiness();
        case "/metrics" -> metrics();
        case "/status" -> json(HttpResponseStatus.OK, sources.status().get());
        case "/events" -> json(HttpResponseStatus.OK, sources.events().get());
        default ->
            AdminResponse.text(
                HttpResponseStatus.NOT_FOUND,
                "path: \"%s\" (expected: one of %s)".formatted(path, String.join(", ", PATHS)));
      };
    } catch (RuntimeException e) {
      LOG.error("The admin endpoint could not answer {}", path, e);
      return AdminResponse.text(
          HttpResponseStatus.INTERNAL_SERVER_ERROR, path + " could not be read; see the log");
    }
  }

  /**
   * Performs the action of a POST and returns its answer.
   *
   * @param uri its path is one of {@link #ACTIONS}; the query of {@code /reload} may have {@code
   *     dry-run}, {@code file} and {@code config}
   */
  AdminResponse post(String uri) {
    var query = new QueryStringDecoder(uri);
    String path = query.path();
    try {
      return switch (path) {
        case "/drain" -> json(HttpResponseStatus.OK, sources.drain().get());
        case "/undrain" -> json(HttpResponseStatus.OK, sources.undrain().get());
        case "/hand-over" -> json(HttpResponseStatus.OK, sources.handOver().get());
        case "/upgrade" -> upgrade();
        default -> reload(ReloadQuery.of(query));
      };
    } catch (BadRequestException e) {
      return AdminResponse.text(HttpResponseStatus.BAD_REQUEST, path + ": " + e.getMessage());
    } catch (ActionRefusedException e) {
      return AdminResponse.text(HttpResponseStatus.CONFLICT, path + ": " + e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("The admin endpoint could not do {}", path, e);
      return AdminResponse.text(
          HttpResponseStatus.INTERNAL_SERVER_ERROR, path + " failed; see the log");
    }
  }

  private AdminResponse upgrade() {
    UpgradeAnswer answer = sources.upgrade().get();
    return json(
        answer.upgraded() ? HttpResponseStatus.OK : HttpResponseStatus.UNPROCESSABLE_ENTITY,
        answer);
  }

  private AdminResponse reload(ReloadQuery query) {
    var answer = sources.reload().perform(query.dryRun(), query.file(), query.config());
    return json(
        answer.isRefused() ? HttpResponseStatus.UNPROCESSABLE_ENTITY : HttpResponseStatus.OK,
        answer);
  }

  private AdminResponse readiness() {
    Readiness readiness = sources.readiness();
    var report = new ReadinessReport(readiness.ready(), readiness.draining(), readiness.snapshot());
    return json(
        report.ready() ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE, report);
  }

  private AdminResponse metrics() {
    return new AdminResponse(
        HttpResponseStatus.OK, AdminResponse.PROMETHEUS, sources.metrics().get());
  }

  private static AdminResponse json(HttpResponseStatus status, Object value) {
    return new AdminResponse(status, AdminResponse.JSON, Json.MAPPER.writeValueAsString(value));
  }

  /** The JSON of {@code /readyz}. */
  private record ReadinessReport(
      boolean ready, boolean draining, List<ConditionStatus> conditions) {}
}
