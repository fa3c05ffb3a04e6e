package io.harborgateway.benchmarks.compare;

import io.harborgateway.benchmarks.load.Slice;
import io.harborgateway.benchmarks.load.TlsMode;
import io.harborgateway.benchmarks.report.Target;
import java.util.List;

/** All rows, with the targets of the project. */
final class Rows {
  private static final int CONNECTIONS = 64;
  private static final int BULK_CONNECTIONS = 8;
  private static final int AT_ONCE = 32;
  private static final long UPLOAD_BYTES = 64L << 20;

  private Rows() {}

  static List<Row> all() {
    return List.of(
        bulk(),
        connections(),
        keepAlive(),
        download(),
        upload(),
        handshake("tls13-handshake", "TLS 1.3, full handshake", TlsMode.TLS13, 0.65),
        handshake("tls12-resumed", "TLS 1.2, resumed handshake", TlsMode.TLS12_RESUMED, 1.0));
  }

  private static Row bulk() {
    Slice slice = Slice.exchanges(TlsMode.NONE, Stage.SERVER_NAME, "/blob", 0, Stage.BLOB_BYTES);
    return new CostRow(
            "l4-bulk",
            Entry.TCP,
            CostRow.MILLIS_PER_GB,
            Contender.NGINX,
            Contender.HAPROXY,
            Contender.DOCKER_PROXY)
        .figure(
            "1",
            "TCP bulk, 1 connection",
            "CPU ms/GB",
            slice.connections(1),
            Target.ratioToBest(0.8))
        .figure(
            "8",
            "TCP bulk, 8 connections",
            "CPU ms/GB",
            slice.connections(BULK_CONNECTIONS),
            Target.ratioToBest(0.6));
  }

  private static Row connections() {
    Slice slice =
        Slice.exchanges(TlsMode.NONE, Stage.SERVER_NAME, "/small", 0, Stage.SMALL_BYTES)
            .kind(Slice.Kind.CONNECTIONS)
            .connections(AT_ONCE);
    return new CostRow(
            "l4-connections",
            Entry.TCP,
            CostRow.MICROS_PER_UNIT,
            Contender.NGINX,
            Contender.HAPROXY,
            Contender.DOCKER_PROXY)
        .figure(
            "",
            "TCP, new connections",
            "CPU µs/connection",
            slice,
            Target.ratioToBest(1.0),
            Target.ratioTo(Contender.DOCKER_PROXY.name(), 0.82));
  }

  private static Row keepAlive() {
    Slice slice =
        Slice.exchanges(TlsMode.TLS13, Stage.SERVER_NAME, "/small", 0, Stage.SMALL_BYTES)
            .connections(CONNECTIONS);
    return new CostRow(
            "https-keepalive",
            Entry.HTTPS,
            CostRow.MICROS_PER_UNIT,
            Contender.NGINX,
            Contender.HAPROXY)
        .figure(
            "",
            "HTTPS keep-alive, 64 connections, 256 B",
            "CPU µs/request",
            slice,
            Target.ratioToBest(0.92));
  }

  private static Row download() {
    Slice slice =
        Slice.exchanges(TlsMode.TLS13, Stage.SERVER_NAME, "/blob", 0, Stage.BLOB_BYTES)
            .connections(BULK_CONNECTIONS);
    return new CostRow(
            "https-download",
            Entry.HTTPS,
            CostRow.MILLIS_PER_GB,
            Contender.NGINX,
            Contender.NGINX_UNBUFFERED,
            Contender.HAPROXY)
        .figure("", "HTTPS download, 8 connections", "CPU ms/GB", slice, Target.ratioToBest(0.45));
  }

  private static Row upload() {
    Slice slice =
        Slice.exchanges(TlsMode.TLS13, Stage.SERVER_NAME, "/upload", UPLOAD_BYTES, -1)
            .connections(BULK_CONNECTIONS);
    return new CostRow(
            "https-upload",
            Entry.HTTPS_SINK,
            CostRow.MILLIS_PER_GB,
            Contender.NGINX,
            Contender.NGINX_UNBUFFERED,
            Contender.HAPROXY)
        .figure("", "HTTPS upload, 8 connections", "CPU ms/GB", slice, Target.ratioToBest(0.8));
  }

  private static Row handshake(String id, String title, TlsMode tls, double target) {
    Slice slice =
        Slice.exchanges(tls, Stage.SERVER_NAME, "/", 0, 0)
            .kind(Slice.Kind.HANDSHAKES)
            .connections(AT_ONCE);
    return new CostRow(id, Entry.HTTPS, CostRow.MICROS_PER_UNIT, Contender.NGINX, Contender.HAPROXY)
        .figure("", title, "CPU µs/handshake", slice, Target.ratioToBest(target));
  }
}
