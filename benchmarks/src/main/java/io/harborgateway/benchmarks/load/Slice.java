package io.harborgateway.benchmarks.load;

import java.time.Duration;
import java.util.List;

/**
 * One measured piece of load on one port of 127.0.0.1.
 *
 * @param serverNames the SNI and the Host: each connection has the next one, at least one
 * @param path of every request
 * @param uploadBytes the body of every request, which is a PUT; 0 makes it a GET
 * @param responseBytes the body that every response must have; -1 for any
 * @param connections open at the same time
 * @param inFlight requests that are answered at the same time, for {@link Kind#EXCHANGES}: the
 *     connections take turns; 0 keeps all of them busy
 * @param ratePerSecond requests each second, for {@link Kind#RATE} only
 * @param rampMillis time before anything is counted
 * @param steadyMillis time in which it is
 * @param pids the processes whose CPU time is read at both ends of the steady part
 */
public record Slice(
    Kind kind,
    int port,
    TlsMode tls,
    List<String> serverNames,
    String path,
    long uploadBytes,
    long responseBytes,
    int connections,
    int inFlight,
    int ratePerSecond,
    int rampMillis,
    int steadyMillis,
    List<Long> pids) {

  /** What is done over and over. */
  public enum Kind {
    /** A request and its response on a kept connection; the next one follows at once. */
    EXCHANGES,
    /**
     * The same at a fixed rate, whatever the answers take; latency counts from the intended time.
     */
    RATE,
    /** A new connection, one exchange on it, closed by the backend. */
    CONNECTIONS,
    /** A new connection, its TLS handshake, closed by the client; no request. */
    HANDSHAKES,
    /** Connections until one of them is answered, while the proxy starts. */
    FIRST,
    /** One exchange on each of many connections, which then stay open until they are released. */
    HOLD
  }

  /** Returns exchanges on one connection, to be placed by {@link #on}. */
  public static Slice exchanges(
      TlsMode tls, String serverName, String path, long uploadBytes, long responseBytes) {
    return new Slice(
        Kind.EXCHANGES,
        0,
        tls,
        List.of(serverName),
        path,
        uploadBytes,
        responseBytes,
        1,
        0,
        0,
        0,
        0,
        List.of());
  }

  /** Returns the slice with another kind. */
  public Slice kind(Kind other) {
    return with(other, connections, inFlight, ratePerSecond);
  }

  /** Returns the slice with so many connections. */
  public Slice connections(int count) {
    return with(kind, count, inFlight, ratePerSecond);
  }

  /** Returns the slice with so many requests at the same time. */
  public Slice inFlight(int count) {
    return with(kind, connections, count, ratePerSecond);
  }

  /** Returns the slice with these names. */
  public Slice serverNames(List<String> names) {
    return new Slice(
        kind,
        port,
        tls,
        List.copyOf(names),
        path,
        uploadBytes,
        responseBytes,
        connections,
        inFlight,
        ratePerSecond,
        rampMillis,
        steadyMillis,
        pids);
  }

  /** Returns the slice at a fixed rate. */
  public Slice at(int requestsPerSecond) {
    return with(Kind.RATE, connections, inFlight, requestsPerSecond);
  }

  private Slice with(Kind newKind, int newConnections, int newInFlight, int newRate) {
    return new Slice(
        newKind,
        port,
        tls,
        serverNames,
        path,
        uploadBytes,
        responseBytes,
        newConnections,
        newInFlight,
        newRate,
        rampMillis,
        steadyMillis,
        pids);
  }

  /** Returns the slice on this port, with these processes behind it. */
  public Slice on(int proxyPort, List<Long> proxyPids) {
    return with(proxyPort, rampMillis, steadyMillis, proxyPids);
  }

  /** Returns the slice with these times. */
  public Slice lasting(Duration ramp, Duration steady) {
    return with(port, (int) ramp.toMillis(), (int) steady.toMillis(), pids);
  }

  private Slice with(int newPort, int newRamp, int newSteady, List<Long> newPids) {
    return new Slice(
        kind,
        newPort,
        tls,
        serverNames,
        path,
        uploadBytes,
        responseBytes,
        connections,
        inFlight,
        ratePerSecond,
        newRamp,
        newSteady,
        newPids);
  }
}
