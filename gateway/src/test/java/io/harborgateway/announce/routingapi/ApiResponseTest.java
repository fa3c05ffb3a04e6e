package io.harborgateway.announce.routingapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import org.junit.jupiter.api.Test;

final class ApiResponseTest {
  private static ApiResponse response(int status, String body) {
    return new ApiResponse("GET https://api/x", status, body);
  }

  @Test
  void errorOfTheRoutingApi() {
    var error = response(404, "{\"name\":\"ResourceNotFoundError\",\"message\":\"no such group\"}");
    assertThat(error.describe())
        .isEqualTo("GET https://api/x: 404 ResourceNotFoundError: no such group");
    assertThat(error.isErrorOfTheApi()).isTrue();
    assertThat(error.isSuccess()).isFalse();
  }

  @Test
  void errorOfUaa() {
    var error = response(401, "{\"error\":\"unauthorized\",\"error_description\":\"Bad\"}");
    assertThat(error.describe()).isEqualTo("GET https://api/x: 401 unauthorized: Bad");
  }

  @Test
  void errorOfARouterInBetween() {
    var error = response(404, "404 Not Found:\r\n Requested route does not exist.\n");
    assertThat(error.describe())
        .isEqualTo("GET https://api/x: 404 404 Not Found: Requested route does not exist.");
    assertThat(error.isErrorOfTheApi()).isFalse();
  }

  @Test
  void errorWithoutABodyOrWithALongOne() {
    assertThat(response(502, "").describe()).isEqualTo("GET https://api/x: 502");
    assertThat(response(502, "x".repeat(5000)).describe()).hasSizeLessThan(400).endsWith("x…");
  }

  @Test
  void bodyThatIsNoJson() {
    assertThatIOException()
        .isThrownBy(() -> response(200, "<html>").json())
        .withMessage("GET https://api/x: 200 with a body that is no JSON");
  }
}
