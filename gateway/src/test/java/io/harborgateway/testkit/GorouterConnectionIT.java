package io.harborgateway.testkit;

import static io.harborgateway.testkit.RouterFixture.NAME;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the router double does on its connections to backends. */
@Timeout(60)
final class GorouterConnectionIT {
  private static final RouterRequest GET = RouterRequest.get(NAME, "/v2/");
  private static final RouterRequest POST = RouterRequest.post(NAME, "/v2/", new byte[100]);

  private static final String APP = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

  private RouterFixture fixture;
  private Gorouter router;

  @BeforeEach
  void starts(@TempDir Path folder) throws Exception {
    fixture = new RouterFixture(folder);
    router = fixture.router;
  }

  @AfterEach
  void closes() throws Exception {
    fixture.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void theNamesOfARouteShareIdleConnections() {
    Origin origin = fixture.good();
    fixture.publish(
        "router.register",
        """
        {"uris":["a.test","b.test"],"host":"127.0.0.1","tls_port":%d,
         "server_cert_domain_san":"a.test"}
        """
            .formatted(origin.port()));
    router.awaitMessage(RouterMessage::registers);

    assertThat(router.request(POST).attempts().getFirst().reused()).isFalse();
    for (String host : List.of("b.test", "a.test", "B.test:443")) {
      RouterResponse response = router.request(RouterRequest.get(host, "/v2/"));
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.body().text()).contains("Host: " + host);
      assertThat(response.attempts().getFirst().reused()).isTrue();
    }
    assertThat(origin.connections()).isOne();
    assertThat(router.idleConnections()).isOne();
  }

  @Test
  void asksForTheNameInTheCertificate() {
    var asked = new CopyOnWriteArrayList<String>();
    Behaviour http = Behaviours.http(request -> Answer.of(200));
    Origin origin =
        fixture.tls((in, out, socket) -> {
          var session = (ExtendedSSLSession) ((SSLSocket) socket).getSession();
          session.getRequestedServerNames().stream()
              .map(name -> ((SNIHostName) name).getAsciiName())
              .forEach(asked::add);
          http.serve(in, out, socket);
        });
    fixture.publish(
        "router.register",
        """
        {"uris":["b.test"],"host":"127.0.0.1","tls_port":%d,"server_cert_domain_san":"a.test"}
        """
            .formatted(origin.port()));
    router.awaitMessage(RouterMessage::registers);

    assertThat(router.request(RouterRequest.get("b.test", "/")).status()).isEqualTo(200);
    assertThat(asked).containsExactly("a.test");
  }

  @Test
  void addsItsFields() {
    Origin origin = fixture.good();
    fixture.publish(
        "router.register",
        """
        {"uris":["a.test"],"host":"127.0.0.1","tls_port":%d,"server_cert_domain_san":"a.test",
         "app":"%s","private_instance_index":"2","private_instance_id":"id-2"}
        """
            .formatted(origin.port(), APP));
    router.awaitMessage(RouterMessage::registers);

    RouterResponse response =
        router.request(
            GET.field("X-Forwarded-For", "10.1.2.3").field("X-CF-APP-INSTANCE", APP + ":2"));
    assertThat(response.body().text())
        .contains(
            "X-Forwarded-For: 10.1.2.3, 127.0.0.1",
            "X-Forwarded-Proto: https",
            "X-Vcap-Request-Id: ",
            "X-CF-InstanceID: id-2",
            "X-CF-InstanceIndex: 2")
        .doesNotContain("X-CF-APP-INSTANCE", "Content-Length");
    assertThat(router.request(GET.field("X-CF-APP-INSTANCE", APP + ":3")))
        .extracting(RouterResponse::status, RouterResponse::routerError)
        .containsExactly(400, "unknown_route");
    for (String malformed : List.of("harbor:2", "harbor", APP, APP + ":", APP + ":x")) {
      assertThat(router.request(GET.field("X-CF-APP-INSTANCE", malformed)))
          .as(malformed)
          .extracting(RouterResponse::status, RouterResponse::routerError)
          .containsExactly(400, "invalid_cf_app_instance_header");
    }
  }

  @Test
  void noticesTheEndOfAnIdleConnection() {
    fixture.register(
        fixture.tls(Behaviours.http(request -> Answer.of(200).text("last").thenClose())));

    for (int i = 0; i < 3; i++) {
      RouterResponse response = router.request(POST);
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.attempts().getFirst().reused()).isFalse();
      Await.until("the connection is dropped", () -> router.idleConnections() == 0);
    }
    assertThat(fixture.contexts).as("so that no session is resumed").hasValue(3);
  }

  @Test
  void aReusedConnectionThatEndsCostsAPostButNoGet() {
    Behaviour onceOnly =
        (in, out, socket) -> {
          var reader = new HttpReader(in);
          var head = reader.readHead();
          if (head != null) {
            reader.readRequestBody(head);
            out.write(bytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
            in.skipNBytes(1); // of the next request
            in.skipNBytes(in.available());
          }
        };
    Origin origin = fixture.tls(onceOnly);
    fixture.register(origin);

    assertThat(router.request(GET).status()).isEqualTo(200);
    RouterResponse again = router.request(GET);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.attempts()).hasSize(1);
    assertThat(origin.connections()).isEqualTo(2);

    RouterResponse lost = router.request(POST);
    assertThat(lost.status()).isEqualTo(502);
    assertThat(lost.attempts())
        .singleElement()
        .satisfies(attempt -> {
          assertThat(attempt.reused()).isTrue();
          assertThat(attempt.failure()).isEqualTo(BackendFailure.END_OF_FILE);
        });
  }

  @Test
  void streamsABodyOfUnknownLength() {
    fixture.register(fixture.tls(Behaviours.acceptUploads()));
    var payload = new Payload(300_000);

    RouterResponse response =
        router.request(RouterRequest.of("PATCH", NAME, "/").chunked(payload::writeTo));
    assertThat(response.status()).isEqualTo(201);
    assertThat(response.value("Docker-Content-Digest")).isEqualTo("sha256:" + payload.sha256());
    assertThat(router.request(POST).attempts().getFirst().reused()).isTrue();
  }

  @Test
  void takesAResponseThatComesBeforeTheRequestIsWhole() {
    fixture.register(
        fixture.tls((in, out, socket) -> {
          new HttpReader(in).readHead();
          out.write(bytes("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"));
          in.skipNBytes(Long.MAX_VALUE); // until the router gives up the connection
        }));
    var upload = new LongUpload(20_000);

    RouterResponse response =
        router.request(RouterRequest.of("PATCH", NAME, "/").chunked(upload::writeTo));
    upload.finish();
    assertThat(response.status()).isEqualTo(413);
    assertThat(router.idleConnections()).isZero();
  }

  @Test
  void worksWithPlainEndpoints() {
    Origin origin = fixture.closing(Origin.start(Behaviours.acceptUploads()));
    fixture.publish(
        "router.register",
        "{\"uris\":[\"a.test\"],\"host\":\"127.0.0.1\",\"port\":" + origin.port() + "}");
    router.awaitMessage(RouterMessage::registers);

    assertThat(router.request(POST).status()).isEqualTo(201);
    assertThat(router.request(GET).attempts().getFirst().reused()).isTrue();
  }
}
