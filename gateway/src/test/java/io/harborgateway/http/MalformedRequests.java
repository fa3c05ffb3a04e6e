package io.harborgateway.http;

import io.harborgateway.http.head.Failure;
import java.util.List;

/** The strictness list: requests that are refused without a byte forwarded. */
public final class MalformedRequests {
  private static final String HOST = Stand.NAME;

  /**
   * One of them.
   *
   * @param what is wrong with it
   * @param text ISO-8859-1; well-formed but for what is wrong
   */
  public record Malformed(String what, String text, Failure failure) {
    @Override
    public String toString() {
      return what;
    }
  }

  private MalformedRequests() {}

  /** Those that are seen by parsing the head, for limits of 4096 and 1024 bytes. */
  public static List<Malformed> heads() {
    return List.of(
        startLine("LF instead of CRLF", "GET / HTTP/1.1\nHost: " + HOST + "\r\n\r\n"),
        startLine("CR in the request line", "GET /\r HTTP/1.1\r\nHost: " + HOST + "\r\n\r\n"),
        startLine("CR behind the version", "GET / HTTP/1.1\rX: y\r\nHost: " + HOST + "\r\n\r\n"),
        startLine("no version", line("GET /")),
        startLine("no target", line("GET  HTTP/1.1")),
        startLine("two spaces before the target", line("GET  / HTTP/1.1")),
        startLine("two spaces behind the target", line("GET /  HTTP/1.1")),
        startLine("white space behind the version", line("GET / HTTP/1.1 ")),
        startLine("tab as separator", line("GET\t/ HTTP/1.1")),
        startLine("white space before the method", line(" GET / HTTP/1.1")),
        startLine("method that is no token", line("G(T / HTTP/1.1")),
        startLine("version in lower case", line("GET / http/1.1")),
        startLine("version of one digit", line("GET / HTTP/1")),
        startLine("version of two digits", line("GET / HTTP/1.10")),
        startLine("another protocol", line("GET / HTCPCP/1.0")),
        startLine("NUL in the target", line("GET /\0 HTTP/1.1")),
        startLine("control octet in the target", line("GET /\1 HTTP/1.1")),
        startLine("DEL in the target", line("GET /\177 HTTP/1.1")),
        startLine("octet beyond ASCII in the target", line("GET /\u00e9 HTTP/1.1")),
        startLine("fragment in the target", line("GET /#top HTTP/1.1")),
        startLine("TLS on a plain connection", "\26\3\1\2\0\1\0\1\374\3\3"),
        startLine("LF ahead of the request", "\nGET / HTTP/1.1\r\nHost: " + HOST + "\r\n\r\n"),
        new Malformed("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Failure.HTTP2_PREFACE),
        new Malformed("HTTP/2.0", line("GET / HTTP/2.0"), Failure.UNSUPPORTED_VERSION),
        new Malformed("HTTP/0.9", line("GET / HTTP/0.9"), Failure.UNSUPPORTED_VERSION),
        field("bare LF behind a field", "A: b\n"),
        field("bare CR in a value", "A: b\rc\r\n"),
        field("CR CR LF behind a field", "A: b\r\r\n"),
        field("bare LF for the empty line", "A: b\r\n\n"),
        field("obs-fold with a space", "A: b\r\n c\r\n"),
        field("obs-fold with a tab", "A: b\r\n\tc\r\n"),
        field("white space before the colon", "A : b\r\n"),
        field("tab before the colon", "A\t: b\r\n"),
        field("white space in the name", "A B: c\r\n"),
        field("no colon", "A\r\n"),
        field("empty name", ": b\r\n"),
        field("separator in the name", "A(b): c\r\n"),
        field("octet beyond ASCII in the name", "\u00c4: b\r\n"),
        field("NUL in the name", "A\0: b\r\n"),
        field("NUL in a value", "A: b\0c\r\n"),
        field("control octet in a value", "A: b\1c\r\n"),
        field("vertical tab in a value", "A: b\13c\r\n"),
        field("DEL in a value", "A: b\177c\r\n"),
        new Malformed(
            "target too long",
            line("GET /" + "t".repeat(1024) + " HTTP/1.1"),
            Failure.TARGET_TOO_LONG),
        new Malformed(
            "request line longer than a head", "GET /" + "t".repeat(5000), Failure.TARGET_TOO_LONG),
        new Malformed(
            "head too large",
            get("A: " + "b".repeat(2000) + "\r\nA: " + "b".repeat(2100) + "\r\n"),
            Failure.HEAD_TOO_LARGE),
        new Malformed(
            "field that never ends",
            "GET / HTTP/1.1\r\nA: " + "b".repeat(5000),
            Failure.HEAD_TOO_LARGE));
  }

  /** Those whose head is well-formed and whose target or host is not. */
  public static List<Malformed> hosts() {
    return List.of(
        host("no Host", "GET / HTTP/1.1\r\n\r\n"),
        host("two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"),
        host("empty Host in HTTP/1.0", "GET / HTTP/1.0\r\nHost:\r\n\r\n"),
        host("malformed target in HTTP/1.0", "GET http://a@b/ HTTP/1.0\r\n\r\n"),
        host("two Hosts", get("Host: " + HOST + "\r\n")),
        host("empty Host", withHost("")),
        host("Host of a port only", withHost(":443")),
        host("Host with user information", withHost("user@" + HOST)),
        host("Host with a path", withHost(HOST + "/v2")),
        host("Host with white space", withHost(HOST + " other")),
        host("list of Hosts", withHost(HOST + ", other")),
        host("Host with a port of letters", withHost(HOST + ":https")),
        host("Host with a port of six digits", withHost(HOST + ":123456")),
        host("Host with two ports", withHost(HOST + ":1:2")),
        host("Host with an unfinished IPv6 literal", withHost("[::1")),
        host("Host with no IPv6 literal in brackets", withHost("[harbor]")),
        host("Host with an octet beyond ASCII", withHost("h\u00e4rbor")),
        host("absolute-form of another host", line("GET http://other.example.com/ HTTP/1.1")),
        host("absolute-form of a longer host", line("GET http://" + HOST + ".evil/ HTTP/1.1")),
        host("absolute-form of a shorter host", line("GET http://" + Stand.GUID + "/ HTTP/1.1")),
        host("absolute-form of another port", line("GET http://" + HOST + ":81/ HTTP/1.1")),
        host(
            "absolute-form of the other scheme's port",
            line("GET http://" + HOST + ":443/ HTTP/1.1")),
        host("absolute-form with a port of letters", line("GET http://" + HOST + ":x/ HTTP/1.1")),
        host("absolute-form without a host", line("GET http:///v2/ HTTP/1.1")),
        host("absolute-form with user", line("GET http://user@" + HOST + "/ HTTP/1.1")),
        host("absolute-form with host as user", line("GET http://" + HOST + "@evil/ HTTP/1.1")),
        startLine("absolute-form of another scheme", line("GET ftp://" + HOST + "/ HTTP/1.1")),
        startLine("target that is no path", line("GET v2/ HTTP/1.1")),
        startLine("asterisk-form of another method", line("GET * HTTP/1.1")),
        startLine("authority-form of another method", line("GET " + HOST + ":443 HTTP/1.1")),
        new Malformed(
            "CONNECT", line("CONNECT " + HOST + ":443 HTTP/1.1"), Failure.METHOD_NOT_ALLOWED),
        maxForwards("Max-Forwards that is no number", "Max-Forwards: x\r\n"),
        maxForwards("negative Max-Forwards", "Max-Forwards: -1\r\n"),
        maxForwards("empty Max-Forwards", "Max-Forwards:\r\n"),
        maxForwards("two Max-Forwards", "Max-Forwards: 1\r\nMax-Forwards: 1\r\n"),
        field("Host as a connection option", "Connection: host\r\n"),
        field(
            "Content-Length as a connection option",
            "Connection: close, Content-Length\r\nContent-Length: 0\r\n"),
        field(
            "Transfer-Encoding as a connection option",
            "Connection: transfer-encoding\r\nTransfer-Encoding: chunked\r\n"));
  }

  /** Those whose body has no clear end. */
  public static List<Malformed> framings() {
    return List.of(
        framing("length and coding", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"),
        framing("coding and length", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"),
        framing("two different lengths", "Content-Length: 3\r\nContent-Length: 4\r\n"),
        framing("two equal lengths", "Content-Length: 3\r\nContent-Length: 3\r\n"),
        framing("list of lengths", "Content-Length: 3, 3\r\n"),
        framing("empty length", "Content-Length:\r\n"),
        framing("negative length", "Content-Length: -3\r\n"),
        framing("length with a plus", "Content-Length: +3\r\n"),
        framing("hexadecimal length", "Content-Length: 0x3\r\n"),
        framing("length with a fraction", "Content-Length: 3.0\r\n"),
        framing("length with white space", "Content-Length: 3 3\r\n"),
        framing("length beyond 18 digits", "Content-Length: 1000000000000000000\r\n"),
        framing("coding twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
        framing("chunked twice", "Transfer-Encoding: chunked, chunked\r\n"),
        framing("chunked not last", "Transfer-Encoding: chunked, gzip\r\n"),
        framing("coding without chunked", "Transfer-Encoding: gzip\r\n"),
        framing("identity", "Transfer-Encoding: identity\r\n"),
        framing("empty coding", "Transfer-Encoding:\r\n"),
        framing("chunked with a parameter", "Transfer-Encoding: chunked;q=1\r\n"),
        framing("something like chunked", "Transfer-Encoding: xchunked\r\n"),
        framing("quoted chunked", "Transfer-Encoding: \"chunked\"\r\n"),
        new Malformed(
            "coding in HTTP/1.0",
            "POST / HTTP/1.0\r\nHost: " + HOST + "\r\nTransfer-Encoding: chunked\r\n\r\n",
            Failure.BAD_FRAMING),
        new Malformed(
            "coding below chunked",
            post("Transfer-Encoding: gzip, chunked\r\n"),
            Failure.UNSUPPORTED_TRANSFER_CODING));
  }

  /** Chunked bodies, behind a well-formed head. */
  public static List<Malformed> chunks() {
    return List.of(
            "no size: \r\nabc\r\n0\r\n\r\n",
            "size that is no number: x\r\nabc\r\n0\r\n\r\n",
            "negative size: -3\r\nabc\r\n0\r\n\r\n",
            "size with a plus: +3\r\nabc\r\n0\r\n\r\n",
            "size with 0x: 0x3\r\nabc\r\n0\r\n\r\n",
            "size behind white space:  3\r\nabc\r\n0\r\n\r\n",
            "size before white space: 3 \r\nabc\r\n0\r\n\r\n",
            "size beyond 15 digits: 0000000000000003\r\nabc\r\n0\r\n\r\n",
            "size beyond 63 bits: ffffffffffffffff\r\nabc\r\n0\r\n\r\n",
            "LF behind the size: 3\nabc\r\n0\r\n\r\n",
            "CR without LF behind the size: 3\rabc\r\n0\r\n\r\n",
            "LF in an extension: 3;a=\"b\nc\"\r\nabc\r\n0\r\n\r\n",
            "NUL in an extension: 3;a=\0\r\nabc\r\n0\r\n\r\n",
            "CR without LF in an extension: 3;a=b\rc\r\nabc\r\n0\r\n\r\n",
            "extension without a name: 3;\r\nabc\r\n0\r\n\r\n",
            "extension without a name but with a value: 3;=b\r\nabc\r\n0\r\n\r\n",
            "extension without its value: 3;a=\r\nabc\r\n0\r\n\r\n",
            "extension with two values: 3;a=b=c\r\nabc\r\n0\r\n\r\n",
            "two semicolons: 3;;a\r\nabc\r\n0\r\n\r\n",
            "semicolon at the end of the extensions: 3;a;\r\nabc\r\n0\r\n\r\n",
            "extension that is no token: 3;a(b\r\nabc\r\n0\r\n\r\n",
            "extension of two words: 3;a b\r\nabc\r\n0\r\n\r\n",
            "extension without a semicolon: 3 a\r\nabc\r\n0\r\n\r\n",
            "quoted extension: 3;\"a\"\r\nabc\r\n0\r\n\r\n",
            "value that is no token: 3;a=b@c\r\nabc\r\n0\r\n\r\n",
            "value of two words: 3;a=b c\r\nabc\r\n0\r\n\r\n",
            "quotes that do not end: 3;a=\"b\r\nabc\r\n0\r\n\r\n",
            "CRLF within quotes: 3;a=\"\r\nabc\r\n0\r\n\r\n\"\r\nabc\r\n0\r\n\r\n",
            "escaped CRLF within quotes: 3;a=\"\\\r\n\"\r\nabc\r\n0\r\n\r\n",
            "quotes that end with an escape: 3;a=\"b\\\"\r\nabc\r\n0\r\n\r\n",
            "DEL within quotes: 3;a=\"\177\"\r\nabc\r\n0\r\n\r\n",
            "token behind quotes: 3;a=\"b\"c\r\nabc\r\n0\r\n\r\n",
            "quotes behind a token: 3;a=b\"c\"\r\nabc\r\n0\r\n\r\n",
            "white space behind an extension: 3;a \r\nabc\r\n0\r\n\r\n",
            "white space behind a value: 3;a=\"b\"\t\r\nabc\r\n0\r\n\r\n",
            "extension of the last chunk without a name: 0;\r\n\r\n",
            "LF behind the data: 3\r\nabc\n0\r\n\r\n",
            "nothing behind the data: 3\r\nabc0\r\n\r\n",
            "more data than the size: 3\r\nabcd\r\n0\r\n\r\n",
            "less data than the size: 3\r\nab\r\n0\r\n\r\n",
            "LF for the last line: 0\r\n\n",
            "LF behind the last size: 0\n\r\n",
            "CR without LF for the last line: 0\r\n\rX\r\n\r\n",
            "LF behind a trailer: 0\r\nA: b\n\r\n",
            "LF behind the trailers: 0\r\nA: b\r\n\n",
            "folded trailer: 0\r\nA: b\r\n c\r\n\r\n",
            "trailer without colon: 0\r\nAb\r\n\r\n",
            "trailer with white space before the colon: 0\r\nA : b\r\n\r\n",
            "NUL in a trailer: 0\r\nA: \0\r\n\r\n")
        .stream()
        .map(MalformedRequests::chunked)
        .toList();
  }

  private static Malformed chunked(String described) {
    String[] parts = described.split(": ", 2);
    return new Malformed(
        parts[0], post("Transfer-Encoding: chunked\r\n") + parts[1], Failure.BAD_CHUNK);
  }

  private static String line(String requestLine) {
    return requestLine + "\r\nHost: " + HOST + "\r\n\r\n";
  }

  private static String get(String fields) {
    return "GET / HTTP/1.1\r\nHost: " + HOST + "\r\n" + fields + "\r\n";
  }

  private static String post(String fields) {
    return "POST / HTTP/1.1\r\nHost: " + HOST + "\r\n" + fields + "\r\n";
  }

  private static String withHost(String host) {
    return "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
  }

  private static Malformed startLine(String what, String text) {
    return new Malformed(what, text, Failure.BAD_REQUEST_LINE);
  }

  private static Malformed field(String what, String lines) {
    return new Malformed(what, get(lines), Failure.BAD_FIELD);
  }

  private static Malformed maxForwards(String what, String lines) {
    return new Malformed(what, get(lines).replace("GET", "OPTIONS"), Failure.BAD_FIELD);
  }

  private static Malformed host(String what, String text) {
    return new Malformed(what, text, Failure.BAD_HOST);
  }

  private static Malformed framing(String what, String lines) {
    return new Malformed(what, post(lines), Failure.BAD_FRAMING);
  }
}
