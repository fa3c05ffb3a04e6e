package io.harborgateway.http.head;

/** Heads as real clients send them. */
final class RequestHeads {
  private static final String HOST = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0.registry.example.com";
  private static final String DIGEST =
      "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
  private static final String TOKEN =
      "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6IlRNTjM6WE5BUiJ9.".repeat(16);

  private RequestHeads() {}

  static String of(String client) {
    return switch (client) {
      case "docker" -> docker();
      case "gorouter" -> gorouter();
      case "browser" -> browser();
      default -> throw new IllegalArgumentException("client: \"" + client + '"');
    };
  }

  private static String docker() {
    return String.join(
        "\r\n",
        "GET /v2/library/alpine/blobs/" + DIGEST + " HTTP/1.1",
        "Host: " + HOST,
        "User-Agent: docker/27.3.1 go/go1.22.7 git-commit/41ca978 kernel/6.8.0-48-generic os/linux"
            + " arch/amd64 UpstreamClient(Docker-Client/27.3.1 \\(linux\\))",
        "Authorization: Bearer " + TOKEN,
        "Accept-Encoding: identity",
        "Connection: close",
        "",
        "");
  }

  /** What docker sends, as it comes out of the router. */
  private static String gorouter() {
    return String.join(
        "\r\n",
        "GET /v2/library/alpine/blobs/" + DIGEST + " HTTP/1.1",
        "Host: " + HOST,
        "User-Agent: docker/27.3.1 go/go1.22.7 git-commit/41ca978 kernel/6.8.0-48-generic os/linux"
            + " arch/amd64 UpstreamClient(Docker-Client/27.3.1 \\(linux\\))",
        "Accept-Encoding: identity",
        "Authorization: Bearer " + TOKEN,
        "B3: 5c3f1f8f4a2e4f6b8d7c6b5a49382716-8d7c6b5a49382716",
        "X-B3-Spanid: 8d7c6b5a49382716",
        "X-B3-Traceid: 5c3f1f8f4a2e4f6b8d7c6b5a49382716",
        "X-Cf-Applicationid: ",
        "X-Cf-Instanceid: 7d5f1c3e-9a1b-4a54-7a54-0b6a",
        "X-Cf-Instanceindex: 0",
        "X-Forwarded-For: 203.0.113.7, 10.0.4.2",
        "X-Forwarded-Proto: https",
        "X-Request-Start: 1764000000000",
        "X-Vcap-Request-Id: 6f0b2a5e-6f3c-4d57-5d21-2f0d4a1e7c88",
        "",
        "");
  }

  private static String browser() {
    return String.join(
        "\r\n",
        "GET /api/v2.0/projects/library/repositories?page_size=15&page=1 HTTP/1.1",
        "Host: " + HOST,
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
        "Accept: application/json, text/plain, */*",
        "Accept-Language: en-US,en;q=0.7,de;q=0.3",
        "Accept-Encoding: gzip, deflate, br, zstd",
        "X-Harbor-CSRF-Token: tZ6q3m3jvJ0cYc0tI7m1QmQ2xq8xq0yq3m3jvJ0cYc0tI7m1QmQ2xq8xq0y==",
        "Connection: keep-alive",
        "Referer: https://" + HOST + "/harbor/projects/1/repositories",
        "Cookie: sid=4f0a1b2c3d4e5f60718293a4b5c6d7e8; _gorilla_csrf=MTczMDAwMDAwMHxJa3R",
        "Sec-Fetch-Dest: empty",
        "Sec-Fetch-Mode: cors",
        "Sec-Fetch-Site: same-origin",
        "Pragma: no-cache",
        "Cache-Control: no-cache",
        "",
        "");
  }
}
