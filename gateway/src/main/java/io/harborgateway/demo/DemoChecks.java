package io.harborgateway.demo;

import io.harborgateway.config.values.ByteSize;
import io.harborgateway.demo.CheckRow.Seen;
import io.harborgateway.demo.DemoClient.Answer;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Checks everything that the demo promises against the running gateway, over real sockets. */
public final class DemoChecks {
  private static final Duration REGISTER = Duration.ofSeconds(10);

  /** Above what Netty's arenas take by themselves, far below any blob worth the name. */
  private static final ByteSize DIRECT_LIMIT = ByteSize.of("64MiB");

  private final DemoSite site;
  private final ByteSize blobSize;
  private final SSLContext routersTrust;
  private final List<String> names = DemoInstance.names();
  private final String base = DemoInstance.baseName();
  private final MemoryPeak memory = new MemoryPeak();
  private final List<CheckRow> rows = new ArrayList<>();

  private DemoChecks(DemoSite site, ByteSize blobSize) {
    this.site = site;
    this.blobSize = blobSize;
    routersTrust = DemoTls.trusting(site.certificates().routersCa());
  }

  /** Makes all checks, one after the other. */
  public static List<CheckRow> make(DemoSite site, ByteSize blobSize) {
    var checks = new DemoChecks(site, blobSize);
    checks.names();
    checks.otherPorts();
    checks.blobs();
    checks.announcement();
    return checks.rows;
  }

  private void check(String name, String expected, CheckRow.Probe probe) {
    rows.add(CheckRow.of(name, expected, probe));
  }

  private void names() {
    challenge("https, base name", site.ports().https(), base);
    for (String route : DemoInstance.ADDITIONAL_ROUTES) {
      challenge("https, name " + route, site.ports().https(), DemoInstance.additionalName(route));
    }
    check(
        "https, catalogue",
        "200, {\"repositories\":[\"demo\"]}",
        () -> {
          var body = new StringBuilder();
          Answer answer = https(base).get(host(base), "/v2/_catalog", body);
          return Seen.of(answer.status() + ", " + body.toString().strip());
        });
    check(
        "https, unknown host",
        "404, unknown_host, OCI error NAME_UNKNOWN",
        () -> {
          var body = new StringBuilder();
          Answer answer = https(base).get("unknown.demo.test", "/v2/", body);
          return Seen.of(
              "%d, %s, OCI error %s"
                  .formatted(
                      answer.status(),
                      answer.field("x-harbor-gateway-error"),
                      json(body.toString()).at("/errors/0/code").asString("none")));
        });
  }

  /** Checks that the realm has the external scheme and name. */
  private void challenge(String check, int port, String name) {
    check(
        check,
        "401, realm https://%s:%d/service/token".formatted(name, port),
        () -> {
          var client = new DemoClient(port, name, routersTrust);
          Answer answer = client.get(name + ":" + port, "/v2/", OutputStream.nullOutputStream());
          String challenge = answer.field("www-authenticate");
          String[] quoted = challenge.split("\"", -1);
          return Seen.of(
              answer.status() + ", realm " + (quoted.length > 1 ? quoted[1] : challenge));
        });
  }

  private void otherPorts() {
    challenge("https, notary port", site.ports().notary(), base);
    check(
        "http, redirect",
        "308, https://%s:%d/v2/?n=1".formatted(base, site.ports().https()),
        () -> {
          var client = new DemoClient(site.ports().http(), base, null);
          Answer answer =
              client.get(
                  base + ":" + site.ports().http(), "/v2/?n=1", OutputStream.nullOutputStream());
          return Seen.of(answer.status() + ", " + answer.field("location"));
        });
    check(
        "tcp, TLS passed through",
        "TLS with CN=" + DemoInstance.HARBOR_NAME + ", 200",
        () -> {
          SSLContext trust = DemoTls.trusting(site.certificates().harborCa());
          String name = DemoInstance.HARBOR_NAME;
          var client = new DemoClient(site.ports().tcp(), name, trust);
          Answer answer = client.get(name, "/v2/_catalog", OutputStream.nullOutputStream());
          return Seen.of("TLS with " + answer.peer() + ", " + answer.status());
        });
  }

  private void blobs() {
    String digest = expectedDigest();
    check("blob of %s, up".formatted(blobSize), "201, " + digest, this::upload);
    check("blob of %s, down".formatted(blobSize), "200, " + digest, this::download);
    String flat = "direct buffers below " + DIRECT_LIMIT;
    check(
        "memory meanwhile",
        flat,
        () -> {
          String most = "at most %.1f MiB".formatted(memory.bytes() / (double) (1 << 20));
          return memory.bytes() < DIRECT_LIMIT.bytes() ? new Seen(flat, most) : Seen.of(most);
        });
  }

  private String expectedDigest() {
    var digest = BlobContent.sha256();
    try {
      BlobContent.write(
          blobSize.bytes(), new DigestOutputStream(OutputStream.nullOutputStream(), digest));
    } catch (IOException e) {
      throw new IllegalStateException("a digest needs no device", e);
    }
    return BlobContent.text(digest);
  }

  private Seen upload() throws IOException {
    long started = System.nanoTime();
    Answer answer =
        https(base)
            .put(
                host(base),
                "/v2/demo/blobs/uploads/1",
                blobSize.bytes(),
                out -> BlobContent.write(blobSize.bytes(), memory.watching(out)));
    String text = answer.status() + ", " + answer.field("docker-content-digest");
    return new Seen(text, speed(started));
  }

  private Seen download() throws IOException {
    long started = System.nanoTime();
    var digest = BlobContent.sha256();
    var sink = new DigestOutputStream(OutputStream.nullOutputStream(), digest);
    Answer answer =
        https(base).get(host(base), "/v2/demo/blobs/" + blobSize.bytes(), memory.watching(sink));
    return new Seen(answer.status() + ", " + BlobContent.text(digest), speed(started));
  }

  private String speed(long startedNanos) {
    double seconds = (System.nanoTime() - startedNanos) / 1e9;
    return "%.0f MB/s".formatted(blobSize.bytes() / 1e6 / seconds);
  }

  private void announcement() {
    check(
        "NATS, router.register",
        registered(names.size(), site.ports().https(), base),
        () -> {
          RegisterListener listener = site.listener();
          if (listener == null) {
            return Seen.of("no nats-server: " + NatsInstallation.INSTALL);
          }
          JsonNode message = json(listener.first(REGISTER));
          Set<String> uris = new HashSet<>();
          message.path("uris").forEach(uri -> uris.add(uri.asString()));
          uris.retainAll(names);
          return Seen.of(
              registered(
                  uris.size(),
                  message.path("tls_port").asInt(0),
                  message.path("server_cert_domain_san").asString("none")));
        });
  }

  private static String registered(int names, int tlsPort, String san) {
    return "%d of the names, tls_port %d, SAN %s".formatted(names, tlsPort, san);
  }

  private DemoClient https(String name) {
    return new DemoClient(site.ports().https(), name, routersTrust);
  }

  private String host(String name) {
    return name + ":" + site.ports().https();
  }

  private static JsonNode json(String text) throws IOException {
    try {
      return JsonMapper.shared().readTree(text);
    } catch (JacksonException e) {
      throw new IOException("\"" + text.strip() + "\" (expected: JSON)", e);
    }
  }
}
