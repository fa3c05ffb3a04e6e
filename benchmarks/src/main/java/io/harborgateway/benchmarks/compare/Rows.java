package io.harborgateway.benchmarks.compare;

import static io.harborgateway.benchmarks.compare.Contender.DOCKER_PROXY;
import static io.harborgateway.benchmarks.compare.Contender.HAPROXY;
import static io.harborgateway.benchmarks.compare.Contender.NGINX;
import static io.harborgateway.benchmarks.compare.Contender.NGINX_UNBUFFERED;

import io.harborgateway.benchmarks.compare.SliceRow.Metric;
import io.harborgateway.benchmarks.load.Slice;
import io.harborgateway.benchmarks.load.SliceResult;
import io.harborgateway.benchmarks.load.TlsMode;
import io.harborgateway.benchmarks.report.Target;
import java.util.List;

/** All rows, with the targets of the project. */
final class Rows {
  private static final int CONNECTIONS = 64;
  private static final int BULK_CONNECTIONS = 8;
  private static final int AT_ONCE = 32;
  private static final long UPLOAD_BYTES = 64L << 20;

  /** Requests each second, well below what any contender can do on one core. */
  private static final int RATE = 5_000;

  private Rows() {}

  static List<Row> all() {
    return List.of(
        bulk(),
        connections(),
        keepAlive(),
        latency(),
        download(),
        upload(),
        handshake("tls13-handshake", "TLS 1.3, full handshake", TlsMode.TLS13, 0.65),
        handshake("tls12-resumed", "TLS 1.2, resumed handshake", TlsMode.TLS12_RESUMED, 1.0),
        IdleRow.tls(),
        IdleRow.tcp(),
        new StartRow(),
        new InstancesRow());
  }

  private static Slice get(TlsMode tls, String path, long bytes) {
    return Slice.exchanges(tls, Stage.SERVER_NAME, path, 0, bytes);
  }

  /** Small requests on kept connections. */
  static Slice small(TlsMode tls) {
    return get(tls, "/small", Stage.SMALL_BYTES);
  }

  /** TLS handshakes and nothing else. */
  static Slice handshakes(TlsMode tls) {
    return get(tls, "/", 0).kind(Slice.Kind.HANDSHAKES).connections(AT_ONCE);
  }

  private static Row bulk() {
    Slice slice = get(TlsMode.NONE, "/blob", Stage.BLOB_BYTES);
    return new SliceRow("l4-bulk", Entry.TCP, NGINX, HAPROXY, DOCKER_PROXY)
        .load("1", slice, Metric.millisPerGb("TCP bulk, 1 connection", Target.ratioToBest(0.8)))
        .load(
            "8",
            slice.connections(BULK_CONNECTIONS),
            Metric.millisPerGb("TCP bulk, 8 connections", Target.ratioToBest(0.6)));
  }

  private static Row connections() {
    return new SliceRow("l4-connections", Entry.TCP, NGINX, HAPROXY, DOCKER_PROXY)
        .load(
            "",
            small(TlsMode.NONE).kind(Slice.Kind.CONNECTIONS).connections(AT_ONCE),
            Metric.micros(
                "TCP, new connections",
                "connection",
                Target.ratioToBest(1.0),
                Target.ratioTo(DOCKER_PROXY.name(), 0.82)));
  }

  private static Row keepAlive() {
    return new SliceRow("https-keepalive", Entry.HTTPS, NGINX, HAPROXY)
        .load(
            "",
            small(TlsMode.TLS13).connections(CONNECTIONS),
            Metric.micros(
                "HTTPS keep-alive, 64 connections, 256 B", "request", Target.ratioToBest(0.92)));
  }

  private static Row latency() {
    String title = "HTTPS latency at %d requests/s, ".formatted(RATE);
    return new SliceRow("latency", Entry.HTTPS, NGINX, HAPROXY)
        .load(
            "",
            small(TlsMode.TLS13).connections(CONNECTIONS).at(RATE),
            new Metric("p50", title + "p50", "µs", SliceResult::p50Micros, List.of()),
            new Metric(
                "p99",
                title + "p99",
                "µs",
                SliceResult::p99Micros,
                List.of(Target.ratioToBest(1.0))));
  }

  private static Row download() {
    return new SliceRow("https-download", Entry.HTTPS, NGINX, NGINX_UNBUFFERED, HAPROXY)
        .load(
            "",
            get(TlsMode.TLS13, "/blob", Stage.BLOB_BYTES).connections(BULK_CONNECTIONS),
            Metric.millisPerGb("HTTPS download, 8 connections", Target.ratioToBest(0.45)));
  }

  private static Row upload() {
    return new SliceRow("https-upload", Entry.HTTPS_SINK, NGINX, NGINX_UNBUFFERED, HAPROXY)
        .load(
            "",
            Slice.exchanges(TlsMode.TLS13, Stage.SERVER_NAME, "/upload", UPLOAD_BYTES, -1)
                .connections(BULK_CONNECTIONS),
            Metric.millisPerGb("HTTPS upload, 8 connections", Target.ratioToBest(0.8)));
  }

  private static Row handshake(String id, String title, TlsMode tls, double target) {
    return new SliceRow(id, Entry.HTTPS, NGINX, HAPROXY)
        .load("", handshakes(tls), Metric.micros(title, "handshake", Target.ratioToBest(target)));
  }
}
