package io.harborgateway.control;

import static io.harborgateway.control.ReloadStand.DOMAIN;
import static io.harborgateway.control.ReloadStand.files;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.LongForm;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.ProcessMemory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A flood of ClientHellos, each with another server name that nobody has: what a client sends must
 * never be kept. The gateway is a process as it is shipped, so that its memory is its own.
 */
class UnknownNamesIT {
  private static final int WARM = LongForm.or(3_000, 150_000);
  private static final int NAMES = LongForm.or(3_000, 1_000_000);

  /**
   * A name of a cache would take 100 bytes and more. The few names of the short form come while the
   * process is still warming up: there only a leak of 10 KB for each shows.
   */
  private static final long NOISE = LongForm.or(32L << 20, 1L << 20);

  private static final String SECOND = "11111111-2222-3333-4444-555555555555";
  private static final String PLACE = "n000000000.unknown.test";

  /** handshake_failure, a fatal alert of TLS 1.2's record layer. */
  private static final byte[] ALERT = {21, 3, 3, 0, 2, 2, 40};

  @TempDir private Path folder;
  private final Origin origin = Origin.start(Behaviours.acceptUploads());
  private ReloadStand stand;
  private GatewayProcess gateway;

  @BeforeEach
  void start() {
    stand = ReloadStand.prepare(folder, origin.port());
    stand.instances.add(
        "{guid: %s, domain: %s, certificate: %s}"
            .formatted(SECOND, DOMAIN, files(stand.certificates.issue(SECOND + "." + DOMAIN))));
    gateway = GatewayProcess.launchAsShipped(folder, stand.yaml()).started();
  }

  @AfterEach
  void close() {
    gateway.close();
    stand.close();
    origin.close();
  }

  @Test
  void aFloodOfUnknownServerNamesLeavesNothing() throws Exception {
    byte[] hello = clientHello();
    int at = new String(hello, US_ASCII).indexOf(PLACE);
    flood(hello, at, 0, WARM);
    long before = residentAfterCollection();
    flood(hello, at, WARM, NAMES);
    long after = residentAfterCollection();

    System.out.printf(
        "%d unknown server names: resident %d KiB, before them %d KiB%n",
        NAMES, after >> 10, before >> 10);
    assertThat(after - before).isLessThan(NOISE);
  }

  private void flood(byte[] hello, int at, int from, int count) throws IOException {
    var address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), stand.https);
    for (int i = from; i < from + count; i++) {
      byte[] name = "n%09d".formatted(i).getBytes(US_ASCII);
      System.arraycopy(name, 0, hello, at, name.length);
      try (Socket client = new Socket(address.getAddress(), address.getPort())) {
        client.setSoTimeout(10_000);
        client.getOutputStream().write(hello);
        byte[] answer = client.getInputStream().readNBytes(ALERT.length);
        if (!Arrays.equals(answer, ALERT)) {
          throw new AssertionError(i + ": " + Arrays.toString(answer));
        }
      }
    }
  }

  private static byte[] clientHello() throws Exception {
    SSLEngine engine = SSLContext.getDefault().createSSLEngine();
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(PLACE)));
    engine.setSSLParameters(parameters);
    var bytes = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), bytes);
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  /** Without garbage, for which the heap grows up to its limit. */
  private long residentAfterCollection() {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Command.run(List.of(jcmd, Long.toString(gateway.pid()), "GC.run")).succeeded();
    return ProcessMemory.resident(gateway.pid()).now();
  }
}
