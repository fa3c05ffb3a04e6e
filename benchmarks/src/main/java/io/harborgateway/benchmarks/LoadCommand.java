package io.harborgateway.benchmarks;

import io.harborgateway.control.GatewayLoad;
import java.util.List;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bin/bench load}: the whole gateway in one JVM. */
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    description = "Measures the whole gateway on real sockets; each option takes several values.")
final class LoadCommand extends JmhCommand {
  @Option(names = "--mode", split = ",", description = "tcp, http, https (default: all).")
  private List<String> modes = List.of("tcp", "http", "https");

  @Option(names = "--connections", split = ",", description = "Open at once (default: 64).")
  private List<String> connections = List.of("64");

  @Option(names = "--body", split = ",", description = "Bytes of each response (default: 256).")
  private List<String> bodies = List.of("256");

  @Option(names = "--keep-alive", split = ",", description = "true, false (default: true).")
  private List<String> keepAlive = List.of("true");

  @Option(names = "--tls", split = ",", description = "1.2, 1.3 (default: 1.3).")
  private List<String> tls = List.of("1.3");

  @Option(names = "--quick", description = "Two seconds each; for a first look.")
  private boolean quick;

  LoadCommand() {
    super("load");
  }

  @Override
  ChainedOptionsBuilder options() {
    var options =
        new OptionsBuilder()
            .include(GatewayLoad.class.getName())
            .param("mode", modes.toArray(String[]::new))
            .param("connections", connections.toArray(String[]::new))
            .param("bodyBytes", bodies.toArray(String[]::new))
            .param("keepAlive", keepAlive.toArray(String[]::new))
            .param("tls", tls.toArray(String[]::new));
    return quick
        ? options.warmupIterations(1).measurementIterations(1).measurementTime(TimeValue.seconds(1))
        : options;
  }
}
