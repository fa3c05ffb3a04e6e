package io.harborgateway.benchmarks;

import io.harborgateway.control.GatewayLoad;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code bin/bench micro}: single steps. */
@Command(
    name = "micro",
    mixinStandardHelpOptions = true,
    description = {
      "Measures single steps, in time and allocation.",
      "What is no option of this command goes to JMH: [REGEX] [JMH OPTION…]."
    })
final class MicroCommand extends JmhCommand {
  @Unmatched private List<String> arguments = new ArrayList<>();

  MicroCommand() {
    super("micro");
  }

  @Override
  ChainedOptionsBuilder options() throws Exception {
    return new OptionsBuilder()
        .parent(new CommandLineOptions(arguments.toArray(String[]::new)))
        .exclude(GatewayLoad.class.getName());
  }
}
