package io.harborgateway.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Just enough of a registry to show what the gateway does: the challenge with the external realm, a
 * catalogue, blobs of any size to download (their name is the size) and upload (digested, not
 * kept).
 */
record RegistryHandler(String service) implements HttpHandler {
  private static final Pattern BLOB = Pattern.compile("/v2/demo/blobs/([0-9]{1,15})");
  private static final String UPLOADS = "/v2/demo/blobs/uploads/";

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      String path = exchange.getRequestURI().getPath();
      Matcher blob = BLOB.matcher(path);
      if (blob.matches() && (method.equals("GET") || method.equals("HEAD"))) {
        download(exchange, Long.parseLong(blob.group(1)));
      } else if (path.startsWith(UPLOADS) && (method.equals("PUT") || method.equals("PATCH"))) {
        upload(exchange);
      } else if (path.equals("/v2/")) {
        challenge(exchange);
      } else if (path.equals("/v2/_catalog")) {
        answer(exchange, 200, "{\"repositories\":[\"demo\"]}");
      } else {
        answer(exchange, 404, error("NOT_FOUND", "nothing here; try /v2/_catalog"));
      }
    }
  }

  private void challenge(HttpExchange exchange) throws IOException {
    var fields = exchange.getRequestHeaders();
    String scheme = fields.getFirst("X-Forwarded-Proto");
    exchange
        .getResponseHeaders()
        .set(
            "WWW-Authenticate",
            "Bearer realm=\"%s://%s/service/token\",service=\"%s\""
                .formatted(scheme == null ? "https" : scheme, fields.getFirst("Host"), service));
    answer(exchange, 401, error("UNAUTHORIZED", "authentication required"));
  }

  private static void download(HttpExchange exchange, long size) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Long.toString(size));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    // To this server, a length of 0 means "chunked".
    exchange.sendResponseHeaders(200, size == 0 ? -1 : size);
    BlobContent.write(size, exchange.getResponseBody());
  }

  private static void upload(HttpExchange exchange) throws IOException {
    var body = new DigestInputStream(exchange.getRequestBody(), BlobContent.sha256());
    long received = body.transferTo(OutputStream.nullOutputStream());
    String digest = BlobContent.text(body.getMessageDigest());
    var fields = exchange.getResponseHeaders();
    fields.set("Docker-Content-Digest", digest);
    fields.set("Location", exchange.getRequestURI().getPath());
    answer(exchange, 201, "{\"received\":%d,\"digest\":\"%s\"}".formatted(received, digest));
  }

  private static String error(String code, String message) {
    return "{\"errors\":[{\"code\":\"%s\",\"message\":\"%s\"}]}".formatted(code, message);
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = (json + "\n").getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    boolean toHead = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, toHead ? -1 : body.length);
    if (!toHead) {
      exchange.getResponseBody().write(body);
    }
  }
}
