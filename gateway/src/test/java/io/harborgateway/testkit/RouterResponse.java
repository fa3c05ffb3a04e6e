package io.harborgateway.testkit;

import io.harborgateway.testkit.HttpHead.Field;
import java.util.List;

/**
 * What a {@link Gorouter} answers.
 *
 * @param attempts at backends, in their order; none when no endpoint was to be had
 * @param routerError why the router made this response itself, for example {@code unknown_route};
 *     empty when it is a backend's
 */
public record RouterResponse(
    int status, List<Field> fields, HttpBody body, List<Attempt> attempts, String routerError) {

  public RouterResponse {
    fields = List.copyOf(fields);
    attempts = List.copyOf(attempts);
  }

  static RouterResponse ofBackend(BackendResponse response, List<Attempt> attempts) {
    return new RouterResponse(
        HttpResponse.status(response.head()),
        response.head().fields(),
        response.body(),
        attempts,
        "");
  }

  static RouterResponse ofRouter(int status, String routerError, List<Attempt> attempts) {
    return new RouterResponse(
        status,
        List.of(new Field("X-Cf-RouterError", routerError)),
        new HttpBody.Receiver().body(List.of()),
        attempts,
        routerError);
  }

  /** Whether the router made this response itself, such as a 502. */
  public boolean isOfRouter() {
    return !routerError.isEmpty();
  }

  /** Whether a backend's response began and did not come to its end. */
  public boolean isCut() {
    return !isOfRouter() && attempts.getLast().failure() != null;
  }

  /** Whether it took more than one attempt. */
  public boolean isRetried() {
    return attempts.size() > 1;
  }

  /** The value of the first field of this name, whatever its case; empty if there is none. */
  public String value(String name) {
    return new HttpHead("", fields).field(name).orElse("");
  }

  @Override
  public String toString() {
    return status
        + (isOfRouter() ? " of the router, " + routerError : "")
        + (isCut() ? " cut" : "")
        + ", attempts: "
        + attempts;
  }
}
