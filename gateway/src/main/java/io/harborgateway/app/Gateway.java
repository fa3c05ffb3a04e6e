package io.harborgateway.app;

import io.harborgateway.admin.AdminServer;
import io.harborgateway.admin.AdminSources;
import io.harborgateway.http.AccessLog;
import io.harborgateway.http.HttpService;
import io.harborgateway.lifecycle.Drain;
import io.harborgateway.lifecycle.Readiness;
import io.harborgateway.metrics.Meters;
import io.harborgateway.tls.TlsContexts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running gateway: the wiring of all parts, and the order in which they start and stop.
 *
 * <p>Start: admin endpoint, upstreams proven, listeners bound, routes announced. Stop: not ready,
 * withdraw, go on accepting for the drain delay, stop accepting, let what is in flight finish,
 * close.
 */
public final class Gateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  private final Plan plan;
  private final Drain drain = new Drain();
  private final Readiness readiness = new Readiness(drain);
  private final TlsContexts contexts;
  private final DataPlane plane;
  private final Map<String, Port> ports = new LinkedHashMap<>();
  private final Announcing announcing;
  private final Publishing publishing;
  private final CertificateSurvey survey;
  private final AdminServer admin;
  private final Instant startedAt = Instant.now();

  private Gateway(Plan plan, AccessLog accessLog) throws IOException {
    this.plan = plan;
    var meters = new Meters();
    plane = DataPlane.of(plan, meters);
    contexts = new TlsContexts(plan::certificate, Executors.newVirtualThreadPerTaskExecutor());
    for (var section : plan.config().listeners()) {
      ports.put(section.name(), Port.of(section, plan, plane, contexts, accessLog));
    }
    announcing = new Announcing(plan, ports, meters);
    publishing = new Publishing(plan, plane, ports.values(), announcing, readiness);
    survey = new CertificateSurvey(plan, meters, publishing::refuse);
    showCertificates(meters);
    meters.gauge("access.log.dropped", accessLog::dropped);
    Memory.show(meters);
    admin =
        new AdminServer(new AdminSources(readiness, meters::scrape, () -> StatusReport.of(this)));
  }

  /**
   * Starts what is planned and returns when the listeners of all answering upstreams are bound.
   *
   * @throws IOException when a port can't be bound, or this node's address can't be found
   */
  static Gateway start(Plan plan, AccessLog accessLog) throws IOException {
    var gateway = new Gateway(plan, accessLog);
    try {
      gateway.start();
      return gateway;
    } catch (IOException | RuntimeException e) {
      gateway.closeNow();
      throw e;
    }
  }

  private void start() throws IOException {
    var section = plan.config().admin();
    var adminAddress = admin.start(new InetSocketAddress(section.address(), section.port()));
    LOG.atInfo()
        .addKeyValue("version", Version.text())
        .addKeyValue("transport", plane.transport())
        .addKeyValue("eventLoops", plane.loops().size())
        .addKeyValue("admin", adminAddress)
        .addKeyValue("instances", plan.routes().instances().size())
        .log("gateway starting");
    publishing.open();
    announcing.start();
    survey.start();
    LOG.atInfo().addKeyValue("ready", readiness.ready()).log("gateway started");
  }

  private void showCertificates(Meters meters) {
    plan.certificates()
        .kept()
        .forEach((instance, certificate) ->
            meters.gauge(
                "certificate.days.left",
                () -> certificate.daysLeft(Instant.now()),
                "instance",
                instance.guid().value()));
  }

  Plan plan() {
    return plan;
  }

  Instant startedAt() {
    return startedAt;
  }

  Readiness readiness() {
    return readiness;
  }

  DataPlane plane() {
    return plane;
  }

  Publishing publishing() {
    return publishing;
  }

  CertificateSurvey survey() {
    return survey;
  }

  Announcing announcing() {
    return announcing;
  }

  /** Returns where the listener of this name accepts. */
  public InetSocketAddress address(String listener) {
    Port port = ports.get(listener);
    if (port == null) {
      throw new IllegalArgumentException(
          "listener: \"" + listener + "\" (expected: one of " + ports.keySet() + ")");
    }
    return port.listener().address();
  }

  /** Drains and stops; returns when all is closed. May take up to the configured drain times. */
  @Override
  public void close() {
    if (!drain.begin()) {
      return;
    }
    publishing.withdraw();
    LOG.atInfo()
        .addKeyValue("connections", plane.limits().open())
        .log("draining: routes withdrawn, still accepting");
    pause(announcing.status() == null ? Duration.ZERO : plan.config().node().drainDelay());
    ports.values().forEach(port -> port.listener().close());
    for (Port port : ports.values()) {
      HttpService http = port.http();
      if (http != null) {
        http.drain(plane.loops());
      }
    }
    awaitConnections(plan.config().node().drainTimeout());
    closeNow();
    LOG.info("gateway stopped");
  }

  private void awaitConnections(Duration timeout) {
    LOG.atInfo()
        .addKeyValue("connections", plane.limits().open())
        .log("draining: listeners closed, waiting for what is in flight");
    try {
      if (!plane.limits().awaitNone(timeout)) {
        LOG.atWarn()
            .addKeyValue("connections", plane.limits().open())
            .log("draining: the time is up, closing what is left");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void pause(Duration delay) {
    try {
      TimeUnit.NANOSECONDS.sleep(delay.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeNow() {
    survey.close();
    publishing.close();
    ports.values().forEach(port -> port.listener().close());
    announcing.close();
    admin.close();
    plane.close();
    contexts.close();
  }
}
