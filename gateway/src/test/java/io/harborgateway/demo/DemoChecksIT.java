package io.harborgateway.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.config.values.ByteSize;
import io.harborgateway.control.TestGateway;
import io.harborgateway.testkit.PeerBinary;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The checks see what is broken. */
@Timeout(120)
class DemoChecksIT {
  private static final ByteSize BLOB = ByteSize.of("64KiB");

  private final List<String> notes = new ArrayList<>();

  private DemoSite open(Opened opened) throws Exception {
    var ports = new DemoPortOptions().choose(true);
    var nats = PeerBinary.require("nats-server", "nats-server");
    return DemoSite.open(opened, new DemoSite.Settings(ports, true, nats), notes::add);
  }

  private static TestGateway gateway(DemoSite site) throws Exception {
    return TestGateway.start(site.folder(), Files.readString(site.config()));
  }

  private static List<String> holding(List<CheckRow> rows) {
    return rows.stream().filter(CheckRow::holds).map(CheckRow::check).toList();
  }

  @Test
  void allHoldBeforeAnythingIsBroken() throws Exception {
    try (var opened = new Opened()) {
      DemoSite site = open(opened);
      opened.open(() -> gateway(site));
      assertThat(DemoChecks.make(site, BLOB)).hasSize(12).allMatch(CheckRow::holds);
      assertThat(notes).isEmpty();
    }
  }

  @Test
  void noRequestIsAnsweredWithoutTheStandIn() throws Exception {
    try (var opened = new Opened()) {
      DemoSite site = open(opened);
      opened.open(() -> gateway(site));
      site.standIn().close();
      assertThat(holding(DemoChecks.make(site, BLOB)))
          .containsExactly("https, unknown host", "memory meanwhile", "NATS, router.register");
    }
  }

  @Test
  void aCertificateOfAnotherAuthorityIsNoSuccess() throws Exception {
    try (var opened = new Opened();
        var others = new Opened()) {
      DemoSite site = open(opened);
      DemoCertificates foreign = DemoCertificates.issue(others.open(DemoFolder::create));
      for (String file : List.of("instance.crt", "instance.key")) {
        Files.write(
            site.folder().resolve(file),
            Files.readAllBytes(foreign.instanceChainFile().resolveSibling(file)));
      }
      opened.open(() -> gateway(site));
      assertThat(holding(DemoChecks.make(site, BLOB)))
          .containsExactly(
              "http, redirect",
              "tcp, TLS passed through",
              "memory meanwhile",
              "NATS, router.register");
    }
  }
}
