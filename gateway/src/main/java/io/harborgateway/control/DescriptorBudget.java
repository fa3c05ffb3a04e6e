package io.harborgateway.control;

import io.harborgateway.config.GatewayConfig;
import io.harborgateway.config.InstanceUpstreamConfig;
import io.harborgateway.config.ListenerConfig;
import io.harborgateway.config.values.Protocol;
import io.harborgateway.relay.RelayBuffers;
import io.harborgateway.upstream.Lookups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many client connections the process has file descriptors for. Connections beyond that would
 * take descriptors needed for the admin endpoint, NATS, dials and trusted proxies.
 *
 * @param limit descriptors that the process may have open
 * @param reserved descriptors for all but connections with clients and with upstreams
 * @param idle connections to upstreams that may be kept for reuse
 */
record DescriptorBudget(long limit, long reserved, long idle) {
  /** Descriptors for the JVM and its files, NATS, checks, and child processes. */
  private static final int PROCESS = 64;

  /** Most descriptors of the admin endpoint. */
  private static final int ADMIN = 64;

  /**
   * Descriptors of an event loop: epoll, eventfd, timerfd; and a connection about to be refused.
   */
  private static final int LOOP = 4;

  /** One to the client, one to the upstream. */
  private static final int CONNECTION = 2;

  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final String LIMIT = "Max open files";
  private static final Logger LOG = LoggerFactory.getLogger(DescriptorBudget.class);

  /**
   * Returns the budget of this process.
   *
   * @param loops number of event loops
   */
  static DescriptorBudget of(GatewayConfig config, int loops) {
    long reserved =
        PROCESS + ADMIN + Lookups.MOST + (long) loops * (LOOP + config.listeners().size());
    if (config.listeners().stream().anyMatch(listener -> listener.protocol() == Protocol.TCP)) {
      reserved += 2L * RelayBuffers.MAX_PIPES;
    }
    long idle =
        Stream.concat(
                config.listeners().stream()
                    .filter(listener -> listener.protocol() != Protocol.TCP)
                    .map(ListenerConfig::upstream),
                config.instances().stream()
                    .flatMap(instance -> instance.upstreams().stream())
                    .map(InstanceUpstreamConfig::upstream))
            .mapToLong(upstream -> (long) loops * upstream.maxIdleConnections())
            .sum();
    return new DescriptorBudget(limitOfProcess(), reserved, idle);
  }

  /** Reads the limit from procfs: the management beans would add 75 ms to each start. */
  private static long limitOfProcess() {
    try (var lines = Files.lines(LIMITS)) {
      return lines
          .filter(line -> line.startsWith(LIMIT))
          .map(line -> line.substring(LIMIT.length()).strip().split(" ", 2)[0])
          .mapToLong(soft -> soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft))
          .findFirst()
          .orElse(Long.MAX_VALUE);
    } catch (IOException e) {
      return Long.MAX_VALUE; // a system without that file: the limit is unknown
    }
  }

  /** Returns {@code configured}, or as many as there are descriptors for, which is then logged. */
  int connections(int configured) {
    int effective = (int) Math.min(configured, places());
    if (effective < configured) {
      LOG.atWarn()
          .addKeyValue("descriptors", limit)
          .addKeyValue("configured", configured)
          .addKeyValue("effective", effective)
          .addKeyValue("needed", reserved + idle + (long) CONNECTION * configured)
          .log(
              "limits.max-connections is lowered: too few file descriptors"
                  + " (raise ulimit -n, LimitNOFILE= in systemd)");
    }
    return effective;
  }

  /**
   * The reserve takes at most half, and idle connections a third of the rest: a process with few
   * descriptors should still serve.
   */
  private long places() {
    long left = limit - Math.min(reserved, limit / 2);
    return Math.max(1, (left - Math.min(idle, left / 3)) / CONNECTION);
  }
}
