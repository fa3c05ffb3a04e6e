package io.harborgateway.http.head;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.http.MalformedRequests;
import io.harborgateway.http.MalformedRequests.Malformed;
import io.harborgateway.http.Wire;
import io.netty.util.AsciiString;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestRulesTest {
  private static final Client STRANGER = new Client(AsciiString.of("203.0.113.9"), false);
  private static final Client ROUTER = new Client(AsciiString.of("10.0.16.4"), true);
  private static final String OWN_FIELDS =
      """
      X-Forwarded-For: 203.0.113.9
      X-Real-IP: 203.0.113.9
      X-Forwarded-Proto: https
      X-Forwarded-Host: h:8443
      """;

  private final RequestRules rules = new RequestRules("https", RequestRulesTest::isTrusted, null);
  private final FieldEdits edits = new FieldEdits();

  private static boolean isTrusted(InetAddress address) {
    return address.getHostAddress().startsWith("10.0.16.");
  }

  static List<Malformed> malformed() {
    return MalformedRequests.hosts();
  }

  // ---- check

  @ParameterizedTest
  @MethodSource("malformed")
  void refuses(Malformed malformed) {
    assertThat(RequestRules.check(Wire.request(malformed.text()))).isEqualTo(malformed.failure());
  }

  @ParameterizedTest
  @CsvSource({
    "harbor.example.com, harbor.example.com",
    "HARBOR.example.COM, HARBOR.example.COM",
    "harbor.example.com., harbor.example.com",
    "harbor.example.com:443, harbor.example.com",
    "harbor.example.com.:65535, harbor.example.com",
    "harbor.example.com:, harbor.example.com",
    "under_score.example.com, under_score.example.com",
    "127.0.0.1:80, 127.0.0.1",
    "[::1]:80, [::1]",
    "[2001:db8::1], [2001:db8::1]",
    "., ."
  })
  void findsTheHostWithoutPortAndTrailingDot(String field, String host) {
    RequestHead head = Wire.request("GET / HTTP/1.1\r\nA: b\r\nhost:  " + field + " \r\n\r\n");
    assertThat(RequestRules.check(head)).isNull();
    assertThat(head.text(head.hostStart, head.hostEnd)).isEqualTo(host);
  }

  @ParameterizedTest
  @CsvSource({
    "GET /v2/a%2Fb?x=%20y HTTP/1.1, GET /v2/a%2Fb?x=%20y HTTP/1.1",
    "GET //h/../x HTTP/1.1, GET //h/../x HTTP/1.1",
    "GET http://h:8443/v2/ HTTP/1.1, GET /v2/ HTTP/1.1",
    "GET HTTPS://H:8443/v2/ HTTP/1.1, GET /v2/ HTTP/1.1",
    "GET http://h:8443 HTTP/1.1, GET / HTTP/1.1",
    "GET http://h:8443?q=1 HTTP/1.1, GET /?q=1 HTTP/1.1",
    "OPTIONS * HTTP/1.1, OPTIONS * HTTP/1.1",
    "OPTIONS http://h:8443 HTTP/1.1, OPTIONS * HTTP/1.1",
    "OPTIONS http://h:8443/ HTTP/1.1, OPTIONS / HTTP/1.1",
    "M-SEARCH / HTTP/1.0, M-SEARCH / HTTP/1.1"
  })
  void sendsTheTargetInOriginForm(String line, String sent) {
    RequestHead head = Wire.request(line + "\r\nHost: h:8443\r\n\r\n");
    assertThat(RequestRules.check(head)).isNull();
    edits.reset(head);
    assertThat(Wire.written(head, edits)).isEqualTo(sent + "\r\nHost: h:8443\r\n\r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "http://h:80/, h",
    "http://h/, h:80",
    "http://h/, h:",
    "http://h:/, h",
    "http://h:0080/, h:80",
    "https://h:443/, h",
    "https://h/, h:443",
    "http://h./, h",
    "http://h/, h.",
    "http://H.:80/, h",
    "http://h:8080, h.:8080",
    "http://[::1]:80/, [::1]",
    "http://[2001:DB8::1]?q, [2001:db8::1]"
  })
  void takesTheTargetsHostForTheSame(String target, String host) {
    RequestHead head = Wire.request("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    assertThat(RequestRules.check(head)).isNull();
    edits.reset(head);
    assertThat(Wire.written(head, edits))
        .isEqualTo(
            "GET "
                + (target.endsWith("?q") ? "/?q" : "/")
                + " HTTP/1.1\r\nHost: "
                + host
                + "\r\n\r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "http://h:80/, h:443",
    "https://h/, h:80",
    "http://h:8080/, h",
    "http://h/, h:8080",
    "http://h../, h",
    "http://g/, h",
    "http://[::1]/, [::2]"
  })
  void takesAnotherHostForAnother(String target, String host) {
    RequestHead head = Wire.request("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    assertThat(RequestRules.check(head)).isEqualTo(Failure.BAD_HOST);
  }

  @Test
  void http10MayHaveItsHostInItsTarget() {
    RequestHead head = Wire.request("GET http://h.:8443/v2/ HTTP/1.0\r\nA: b\r\n\r\n");
    assertThat(RequestRules.check(head)).isNull();
    assertThat(head.text(head.hostStart, head.hostEnd)).isEqualTo("h");
    rules.edit(head, STRANGER, null, null, edits);
    assertThat(Wire.written(head, edits))
        .startsWith("GET /v2/ HTTP/1.1\r\nA: b\r\nHost: h.:8443\r\n")
        .contains("X-Forwarded-Host: h.:8443\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP/1.0\r\n\r\n", "OPTIONS * HTTP/1.0\r\nA: b\r\n\r\n"})
  void http10MayHaveNone(String text) {
    RequestHead head = Wire.request(text);
    assertThat(RequestRules.check(head)).isNull();
    assertThat(head.hasHost()).isFalse();
  }

  // ---- edit

  @ParameterizedTest
  @CsvSource({
    "OPTIONS, 1, 0",
    "OPTIONS, 10, 9",
    "TRACE, 007, 6",
    "OPTIONS, 99999999999999999999, 999999",
    "GET, 3, 3",
    "GET, x, x"
  })
  void takesAHopOffMaxForwards(String method, String received, String sent) {
    RequestHead head =
        Wire.request(method + " / HTTP/1.1\r\nHost: h\r\nMax-Forwards: " + received + "\r\n\r\n");
    assertThat(RequestRules.check(head)).isNull();
    rules.edit(head, STRANGER, null, null, edits);
    assertThat(Wire.written(head, edits)).containsOnlyOnce("\r\nMax-Forwards: " + sent + "\r\n");
  }

  /** The fields as they go upstream, one for each line; Host h:8443 is taken off. */
  private String forwarded(Client client, String... fields) {
    String lines = fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
    RequestHead head = Wire.request("GET / HTTP/1.1\r\nHost: h:8443\r\n" + lines + "\r\n");
    assertThat(RequestRules.check(head)).isNull();
    String upgrade = RequestRules.upgradeAsked(head, BodyLength.NONE);
    rules.edit(head, client, rules.forwardedClient(head, client), upgrade, edits);
    String written = Wire.written(head, edits);
    String start = "GET / HTTP/1.1\r\nHost: h:8443\r\n";
    assertThat(written).startsWith(start).endsWith("\r\n\r\n");
    return written.substring(start.length(), written.length() - 2).replace("\r\n", "\n");
  }

  @Test
  void keepsWhatIsNotItsOwnByteForByte() {
    assertThat(
            forwarded(
                STRANGER,
                "User-Agent: docker/27 \u00e9",
                "accept:a,b",
                "Accept:  \t c \t",
                "Content-Length: 0",
                "Expect: 100-continue",
                "X-Vcap-Request-Id: 1"))
        .isEqualTo(
            "User-Agent: docker/27 \u00e9\naccept:a,b\nAccept:  \t c \t\nContent-Length: 0\n"
                + "Expect: 100-continue\nX-Vcap-Request-Id: 1\n"
                + OWN_FIELDS);
  }

  @Test
  void dropsHopByHopFields() {
    assertThat(
            forwarded(
                STRANGER,
                "Connection: keep-alive",
                "Keep-Alive: timeout=5",
                "A: kept",
                "Proxy-Connection: keep-alive",
                "Proxy-Authorization: Basic x",
                "Proxy-Authenticate: Basic",
                "TE: trailers",
                "Upgrade: websocket",
                "HTTP2-Settings: x",
                "Trailer: Digest"))
        .isEqualTo("A: kept\n" + OWN_FIELDS);
  }

  @Test
  void dropsWhatConnectionNominates() {
    assertThat(
            forwarded(
                STRANGER,
                "X-One: 1",
                "Connection: close, ,x-ONE",
                "X-Two: 2",
                "x-one: again",
                "X-On: kept",
                "Connection: X-Two"))
        .isEqualTo("X-On: kept\n" + OWN_FIELDS);
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "Trailer: Digest|Trailer: Digest",
        "trailer:Digest,|trailer:Digest,",
        "Trailer: Digest, Content-Length, X|Trailer: Digest, X",
        "Trailer: Authorization|",
        "Trailer: ,|Trailer: ,"
      },
      delimiter = '|')
  void announcesTheTrailersThatArePassedOn(String line, @Nullable String kept) {
    String coding = "Transfer-Encoding: chunked";
    List<String> expected = kept == null ? List.of(coding) : List.of(coding, kept);
    assertThat(forwarded(STRANGER, line, coding).lines())
        .containsAll(expected)
        .hasSize(expected.size() + 4);
  }

  @ParameterizedTest
  @CsvSource({
    "Content-Length: 5, Content-Length: 5",
    "content-length: 0, content-length: 0",
    "Content-Length:5, Content-Length: 5",
    "Content-Length:  5, Content-Length: 5",
    "'Content-Length: 5\t', Content-Length: 5",
    "Content-Length: 0005, Content-Length: 5",
    "Content-Length: 000, Content-Length: 0",
    "transfer-encoding: chunked, transfer-encoding: chunked",
    "Transfer-Encoding: CHUNKED, Transfer-Encoding: chunked",
    "Transfer-Encoding:\tchunked, Transfer-Encoding: chunked"
  })
  void writesFramingInItsCanonicalForm(String line, String written) {
    assertThat(forwarded(STRANGER, line.translateEscapes())).isEqualTo(written + "\n" + OWN_FIELDS);
  }

  @Test
  void passesOnAnUpgrade() {
    assertThat(forwarded(STRANGER, "Connection: Upgrade", "upgrade: websocket"))
        .isEqualTo(OWN_FIELDS + "Connection: Upgrade\nUpgrade: websocket\n");
  }

  @Test
  void passesOnTheProtocolsOfSeveralLinesAsOneList() {
    assertThat(
            forwarded(
                STRANGER,
                "Upgrade: one/1",
                "Connection: close",
                "upgrade:",
                "upgrade: ,two ,, three/3",
                "Connection: upgrade"))
        .isEqualTo(OWN_FIELDS + "Connection: Upgrade\nUpgrade: one/1, two, three/3\n");
  }

  @ParameterizedTest
  @CsvSource({
    "Connection: Upgrade, Upgrade: websocket, 1.1, websocket",
    "'connection: keep-alive, UPGRADE', upgrade: WebSocket/13, 1.1, WebSocket/13",
    "Connection: Upgrade, 'Upgrade: a\\r\\nUpgrade: b', 1.1, 'a, b'",
    "Connection: close, Upgrade: websocket, 1.1,",
    "Connection: Upgrade, X: y, 1.1,",
    "Connection: Upgrade, 'Upgrade:', 1.1,",
    "Connection: Upgrade, 'Upgrade: , ,', 1.1,",
    "Connection: Upgrade, Upgrade: websocket, 1.0,",
    "'Connection: Upgrade, HTTP2-Settings', Upgrade: h2c, 1.1,",
    "Connection: Upgrade, 'Upgrade: websocket, H2C', 1.1,",
    "Connection: Upgrade, 'Upgrade: h2c, websocket', 1.1,",
    "Connection: Upgrade, 'Upgrade: websocket\\r\\nUpgrade: h2c', 1.1,"
  })
  void tellsUpgradesThatArePassedOn(
      String connection, String upgrade, String version, @Nullable String asked) {
    RequestHead head =
        Wire.request(
            "GET / HTTP/%s\r\n%s\r\n%s\r\n\r\n"
                .formatted(version, connection, upgrade.translateEscapes()));
    assertThat(RequestRules.upgradeAsked(head, BodyLength.NONE)).isEqualTo(asked);
    assertThat(RequestRules.upgradeAsked(head, 5)).as("with a body").isNull();
  }

  @ParameterizedTest
  @CsvSource({"0, true", "1, false"})
  void ignoresAnUpgradeThatIsTooLongToBeKept(int beyond, boolean expected) {
    String protocol = "p".repeat(RequestRules.MAX_UPGRADE + beyond);
    RequestHead head =
        Wire.request("GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: " + protocol + "\r\n\r\n");
    assertThat(RequestRules.upgradeAsked(head, BodyLength.NONE) != null).isEqualTo(expected);
  }

  @Test
  void anAddressWithALongZoneIsNone() {
    assertThat(forwarded(ROUTER, "X-Forwarded-For: 203.0.113.7, fe80::1%" + "z".repeat(2000)))
        .contains("X-Real-IP: 10.0.16.4\n");
  }

  @Test
  void doesNotPassOnAnExpectationOfHttp10() {
    RequestHead head =
        Wire.request("POST / HTTP/1.0\r\nHost: h:8443\r\nExpect: 100-continue\r\n\r\n");
    rules.edit(head, STRANGER, null, null, edits);
    assertThat(Wire.written(head, edits)).doesNotContain("Expect");
  }

  @Test
  void replacesTheForwardedFieldsOfAStranger() {
    assertThat(
            forwarded(
                STRANGER,
                "X-Forwarded-For: 1.1.1.1",
                "x-forwarded-proto: http",
                "X-Forwarded-Host: evil",
                "X-Forwarded-Port: 1",
                "X-Forwarded-Client-Cert: forged",
                "X-Forwarded-A-Name-That-Is-Longer-Than-Any-Known-One: x",
                "Forwarded: for=1.1.1.1",
                "X-Real-IP: 1.1.1.1"))
        .isEqualTo(OWN_FIELDS);
  }

  @Test
  void keepsAndAppendsToThoseOfATrustedProxy() {
    assertThat(
            forwarded(
                ROUTER,
                "X-Forwarded-For: 203.0.113.7, 10.0.16.9",
                "X-Forwarded-Proto: http",
                "X-Forwarded-Host: outer",
                "X-Forwarded-Client-Cert: MII",
                "Forwarded: for=203.0.113.7",
                "X-Real-IP: 1.1.1.1"))
        .isEqualTo(
            """
            X-Forwarded-Proto: http
            X-Forwarded-Host: outer
            X-Forwarded-Client-Cert: MII
            Forwarded: for=203.0.113.7
            X-Forwarded-For: 203.0.113.7, 10.0.16.9, 10.0.16.4
            X-Real-IP: 203.0.113.7
            """);
  }

  @Test
  void saysWhatATrustedProxyDoesNot() {
    assertThat(forwarded(ROUTER)).isEqualTo(OWN_FIELDS.replace("203.0.113.9", "10.0.16.4"));
  }

  /** A router may pass on options that its own client has chosen. */
  @Test
  void saysWhatATrustedProxyNominatesAway() {
    assertThat(
            forwarded(
                ROUTER,
                "Connection: X-Forwarded-Proto, X-Forwarded-Host",
                "X-Forwarded-Proto: http",
                "X-Forwarded-Host: outer"))
        .isEqualTo(OWN_FIELDS.replace("203.0.113.9", "10.0.16.4"));
  }

  @ParameterizedTest
  @CsvSource({
    "203.0.113.7, 203.0.113.7",
    "'203.0.113.7, 10.0.16.9, 10.0.16.8', 203.0.113.7",
    "'1.1.1.1, 203.0.113.7, 10.0.16.9', 203.0.113.7",
    "'203.0.113.7, 2001:db8::1', 2001:db8::1",
    "'10.0.16.7, 10.0.16.8', 10.0.16.7",
    "'203.0.113.7, unknown, 10.0.16.8', 10.0.16.8",
    "unknown, 10.0.16.4",
    "203.0.113.7:4711, 203.0.113.7",
    "203.0.113.7:65535, 203.0.113.7",
    "[2001:db8::1]:4711, 2001:db8::1",
    "[2001:db8::1], 2001:db8::1",
    "'203.0.113.7:4711, 10.0.16.9:1, 10.0.16.8', 203.0.113.7",
    "'203.0.113.7, [2001:db8::1]:4711, 10.0.16.8:80', 2001:db8::1",
    "'203.0.113.7:, 10.0.16.8', 10.0.16.8",
    "203.0.113.7:123456, 10.0.16.4",
    "203.0.113.7:http, 10.0.16.4",
    "[2001:db8::1]4711, 10.0.16.4",
    "[2001:db8::1, 10.0.16.4",
    "203.0.113.7:1:2, 10.0.16.4"
  })
  void findsTheRealClientInTheChain(String chain, String real) {
    assertThat(forwarded(ROUTER, "X-Forwarded-For: " + chain))
        .contains("X-Real-IP: " + real + "\n")
        .contains("X-Forwarded-For: " + chain + ", 10.0.16.4\n");
  }

  /** RFC 9110 section 5.6.1.2. */
  @ParameterizedTest
  @CsvSource(
      value = {
        "203.0.113.7,",
        "203.0.113.7, ",
        "203.0.113.7 ,, 10.0.16.9",
        ", 203.0.113.7,\\t,10.0.16.9 , ,",
        "203.0.113.7,\\r\\nX-Forwarded-For:\\r\\nX-Forwarded-For: ,\\r\\nx-forwarded-for: ,10.0.16.9"
      },
      delimiter = '|')
  void emptyElementsOfTheChainMeanNothing(String chain) {
    String kept = chain.contains("10.0.16.9") ? "203.0.113.7, 10.0.16.9" : "203.0.113.7";
    assertThat(forwarded(ROUTER, "X-Forwarded-For: " + chain.translateEscapes()))
        .startsWith("X-Forwarded-For: " + kept + ", 10.0.16.4\nX-Real-IP: 203.0.113.7\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ",", " , ,"})
  void aChainOfNothingIsNone(String chain) {
    assertThat(forwarded(ROUTER, "X-Forwarded-For:" + chain))
        .isEqualTo(OWN_FIELDS.replace("203.0.113.9", "10.0.16.4"));
  }

  @Test
  void joinsSeveralChainLinesInTheirOrder() {
    assertThat(
            forwarded(
                ROUTER,
                "X-Forwarded-For: 203.0.113.7",
                "X-Forwarded-For:",
                "x-forwarded-for: 10.0.16.8"))
        .startsWith("X-Forwarded-For: 203.0.113.7, 10.0.16.8, 10.0.16.4\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 40, 200})
  void editsAnyNumberOfLines(int count) {
    String[] fields = new String[count];
    var kept = new StringBuilder();
    for (int i = 0; i < count; i++) {
      fields[i] = i % 3 == 0 ? "TE: x" : "N" + i + ": v";
      kept.append(i % 3 == 0 ? "" : fields[i] + "\n");
    }
    assertThat(forwarded(STRANGER, fields)).isEqualTo(kept + OWN_FIELDS);
  }
}
