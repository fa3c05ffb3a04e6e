package io.harborgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The files by which an ACME server sees that a name leads here. */
class ChallengeFilesTest {
  private static final String TOKEN = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA";
  private static final String FILE = "/.well-known/acme-challenge/" + TOKEN;
  private static final String HOST = " HTTP/1.1\r\nHost: harbor.example.com\r\n\r\n";

  private final EmbeddedProxy proxy = EmbeddedProxy.start();
  private final ChallengeFiles files = new ChallengeFiles();

  @BeforeEach
  void pending() {
    proxy.service.answer(files);
    files.put(TOKEN, TOKEN + ".thumbprint");
  }

  @AfterEach
  void close() {
    proxy.close();
  }

  private String answer(String request) {
    proxy.front.send(request);
    return proxy.front.received();
  }

  @Test
  void oneThatIsPendingIsAnsweredHereWhateverTheUpstreamDoes() {
    proxy.service.refuseWhile(instance -> true);
    assertThat(answer("GET " + FILE + HOST))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("\r\nContent-Type: application/octet-stream\r\nContent-Length: 54\r\n")
        .endsWith("\r\n\r\n" + TOKEN + ".thumbprint");
    assertThat(answer("HEAD " + FILE + HOST))
        .contains("Content-Length: 54\r\n")
        .endsWith("\r\n\r\n");
    assertThat(proxy.log).hasSize(2).allMatch(entry -> entry.status() == 200);
  }

  @Test
  void everythingElseIsNotAnsweredHere() {
    proxy.service.refuseWhile(instance -> true);
    for (String other :
        new String[] {
          "GET " + FILE + "x" + HOST,
          "GET " + FILE + "?x" + HOST,
          "GET /.well-known/acme-challenge/" + HOST,
          "GET /x" + FILE + HOST,
          "PUT " + FILE + HOST
        }) {
      assertThat(answer(other)).as(other).startsWith("HTTP/1.1 503 ");
    }
    files.remove(TOKEN);
    assertThat(answer("GET " + FILE + HOST)).startsWith("HTTP/1.1 503 ");
  }

  @Test
  void aHostOfNobodyIsRefusedAsEver() {
    assertThat(answer("GET " + FILE + " HTTP/1.1\r\nHost: elsewhere.test\r\n\r\n"))
        .startsWith("HTTP/1.1 404 ");
  }
}
