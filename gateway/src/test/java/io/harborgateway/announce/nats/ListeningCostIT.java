package io.harborgateway.announce.nats;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.NatsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * What it costs to hear of all other applications' routes: processor time of this process without
 * the thread that publishes them. It prints the figure of docs/hardening.md.
 */
final class ListeningCostIT {
  private static final int MESSAGES_A_SECOND = 1_000;
  private static final Duration WARM_UP = Duration.ofSeconds(3);
  private static final Duration MEASURED = Duration.ofSeconds(4);

  /** Far above what is aimed at, 0.01: a JVM in its first seconds on a busy machine needs more. */
  private static final double MOST_OF_A_CORE = 0.15;

  @Test
  void aThousandMessagesASecondAreNothing() throws Exception {
    try (NatsServer nats = NatsServer.start("-V=false");
        var announcer =
            TestRoutes.announcer(
                TestRoutes.at(TestRoutes.NEVER, nats.uri()), new RecordingMeters());
        var publisher = new Publisher(nats.port())) {
      announcer.start();
      Await.until("NATS is connected", () -> announcer.status().nats().connected());
      Thread.sleep(WARM_UP);
      double quiet = shareOfACore(publisher);
      publisher.thread.start();
      Thread.sleep(WARM_UP);
      long before = publisher.published.get();
      double busy = shareOfACore(publisher);
      long messages = publisher.published.get() - before;
      System.out.printf(
          "listening to %d messages in %s: %.2f%% of a core, %.2f%% without any%n",
          messages, MEASURED, 100 * busy, 100 * quiet);
      assertThat(messages).isGreaterThan(MESSAGES_A_SECOND);
      assertThat(busy).isLessThan(MOST_OF_A_CORE);
    }
  }

  private static double shareOfACore(Publisher publisher) throws InterruptedException {
    long before = cpu() - publisher.cpu();
    long begin = System.nanoTime();
    Thread.sleep(MEASURED);
    return (double) (cpu() - publisher.cpu() - before) / (System.nanoTime() - begin);
  }

  private static long cpu() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** Publishes registrations of other applications, each when it is due, over a plain socket. */
  private static final class Publisher implements AutoCloseable {
    private final Socket socket;
    private final Thread thread = Thread.ofPlatform().name("publisher").unstarted(this::run);
    private final AtomicLong published = new AtomicLong();
    private volatile boolean ends;

    Publisher(int port) throws IOException {
      socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
      socket.getOutputStream().write(ascii("CONNECT {\"verbose\":false}\r\n"));
    }

    long cpu() {
      long time = ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.threadId());
      return Math.max(0, time);
    }

    private void run() {
      long pause = TimeUnit.SECONDS.toNanos(1) / MESSAGES_A_SECOND;
      long due = System.nanoTime();
      try {
        OutputStream out = socket.getOutputStream();
        for (int i = 0; !ends; i++) {
          String message = message(i);
          out.write(ascii("PUB router.register " + message.length() + "\r\n" + message + "\r\n"));
          published.incrementAndGet();
          due += pause;
          LockSupport.parkNanos(due - System.nanoTime());
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static String message(int i) {
      return """
      {"host":"10.0.%d.%d","port":61001,"tls_port":61003,"uris":["app-%d.apps.example.com",\
      "app-%d.internal.example.com"],"app":"0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",\
      "private_instance_id":"3fa1b2c4-0000-4000-8000-00000000000%d","private_instance_index":"0",\
      "server_cert_domain_san":"3fa1b2c4-0000-4000-8000-000000000000","isolation_segment":"",\
      "tags":{"app_id":"0f1e2d3c","app_name":"app","component":"route-emitter",\
      "instance_id":"0","organization_name":"org","process_type":"web","space_name":"space"}}\
      """
          .formatted(i / 256 % 256, i % 256, i, i, i % 10);
    }

    private static byte[] ascii(String text) {
      return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException, InterruptedException {
      ends = true;
      thread.join();
      socket.close();
    }
  }
}
