package io.harborgateway.demo;

import io.harborgateway.config.values.ByteSize;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the demo prints: where everything is, and command lines to paste. */
public final class DemoGuide {
  private final DemoSite site;
  private final ByteSize blobSize;
  private final List<String> lines = new ArrayList<>();

  private DemoGuide(DemoSite site, ByteSize blobSize) {
    this.site = site;
    this.blobSize = blobSize;
  }

  /** Returns the files, ports and names. */
  public static List<String> facts(DemoSite site) {
    List<String> lines = new ArrayList<>();
    var ports = site.ports();
    lines.add("configuration  " + site.config());
    lines.add("routers' CA    " + site.certificates().routersCaFile());
    lines.add(
        "ports          http %d, https %d, notary %d, tcp %d; on 127.0.0.1"
            .formatted(ports.http(), ports.https(), ports.notary(), ports.tcp()));
    lines.add("status         http://127.0.0.1:%d/status".formatted(ports.admin()));
    var nats = site.nats();
    lines.add("NATS           " + (nats == null ? "none" : nats.url()));
    String label = "names          ";
    for (String name : DemoInstance.names()) {
      lines.add(label + name);
      label = " ".repeat(label.length());
    }
    return lines;
  }

  /** Returns commands to try, each with what it demonstrates. */
  public static List<String> commands(DemoSite site, ByteSize blobSize) {
    var guide = new DemoGuide(site, blobSize);
    guide.write();
    return guide.lines;
  }

  private void write() {
    int port = site.ports().https();
    Path ca = site.certificates().routersCaFile();
    String base = DemoInstance.baseName();
    comment("The registry's challenge: its realm is the name that was asked for");
    for (String name : DemoInstance.names()) {
      curl("-i", ca, name, port, "/v2/");
    }
    comment("A blob of " + blobSize + " down, and up; the answer has its SHA-256");
    curl(
        "-o /dev/null -w '%{size_download} bytes, %{speed_download} B/s\\n'",
        ca, base, port, "/v2/demo/blobs/" + blobSize.bytes());
    lines.add(
        "  head -c %d /dev/urandom | %s"
            .formatted(
                blobSize.bytes(), command("-T -", ca, base, port, "/v2/demo/blobs/uploads/1")));
    comment("Plain HTTP is redirected");
    lines.add(
        "  curl -i --resolve %1$s:%2$d:127.0.0.1 http://%1$s:%2$d/v2/"
            .formatted(base, site.ports().http()));
    comment("A host name of no instance: 404, as OCI error JSON");
    curl("-i -H 'Host: unknown.demo.test'", ca, base, port, "/v2/");
    comment("Bytes passed through: TLS is with the stand-in's own certificate");
    curl(
        "-i",
        site.certificates().harborCaFile(),
        DemoInstance.HARBOR_NAME,
        site.ports().tcp(),
        "/v2/");
    comment("What the gateway says about itself");
    lines.add("  curl http://127.0.0.1:%d/status".formatted(site.ports().admin()));
  }

  private void comment(String text) {
    lines.add("");
    lines.add("  # " + text);
  }

  private void curl(String options, Path ca, String name, int port, String path) {
    lines.add("  " + command(options, ca, name, port, path));
  }

  private static String command(String options, Path ca, String name, int port, String path) {
    return "curl %1$s --cacert %2$s --resolve %3$s:%4$d:127.0.0.1 https://%3$s:%4$d%5$s"
        .formatted(options, ca, name, port, path);
  }
}
