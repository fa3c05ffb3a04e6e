package io.harborgateway.demo;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The port options. A port not given is the default, or a free one. */
public final class DemoPortOptions {
  /** Where ports come from that are not given. */
  enum Source {
    /** The defaults, the same at each start. */
    DEFAULT,
    /** Whatever is free. */
    AUTO
  }

  @Option(
      names = "--ports",
      paramLabel = "default|auto",
      description =
          "Where ports that are not given come from: the defaults below, or auto: any free ones"
              + " (default: default; with --check: auto).")
  private @Nullable Source source;

  @Option(names = "--http-port", paramLabel = "PORT", description = "Default: 8080.")
  private @Nullable Integer http;

  @Option(names = "--https-port", paramLabel = "PORT", description = "Default: 8443.")
  private @Nullable Integer https;

  @Option(names = "--notary-port", paramLabel = "PORT", description = "Default: 14443.")
  private @Nullable Integer notary;

  @Option(names = "--tcp-port", paramLabel = "PORT", description = "Default: 15443.")
  private @Nullable Integer tcp;

  @Option(names = "--admin-port", paramLabel = "PORT", description = "Default: 8070.")
  private @Nullable Integer admin;

  /**
   * Chooses the ports.
   *
   * @param autoUnlessSaid whether free ports are used when {@code --ports} is not given
   * @throws IOException naming each port that is taken
   */
  public DemoPorts choose(boolean autoUnlessSaid) throws IOException {
    boolean auto = source == null ? autoUnlessSaid : source == Source.AUTO;
    List<Integer> others = auto ? DemoPorts.free(5) : List.of(8080, 8443, 14443, 15443, 8070);
    var ports =
        new DemoPorts(
            or(http, others.get(0)),
            or(https, others.get(1)),
            or(notary, others.get(2)),
            or(tcp, others.get(3)),
            or(admin, others.get(4)));
    ports.demandFree();
    return ports;
  }

  private static int or(@Nullable Integer given, int otherwise) {
    return given == null ? otherwise : given;
  }
}
