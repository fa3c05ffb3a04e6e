package io.harborgateway.cli;

import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.config.load.ConfigLoader;
import io.harborgateway.control.DrainSequence;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code drain}: makes a running gateway withdraw its routes and finish its requests without
 * exiting; for a BOSH drain script. Talks to its admin listener.
 */
@Command(
    name = "drain",
    description = "Takes the running gateway out of service without ending it, or back (--undo).",
    mixinStandardHelpOptions = true)
final class DrainCommand implements Callable<Integer> {
  private static final Duration POLL = Duration.ofMillis(500);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--config", required = true, description = "The YAML file of the gateway.")
  private Path config = Path.of("");

  @Option(names = "--undo", description = "Serves again.")
  private boolean undo;

  @Option(names = "--wait", description = "Returns when nothing is in flight any more.")
  private boolean wait;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    try {
      drain(AdminConnection.to(ConfigLoader.admin(config)));
      return ExitCode.OK;
    } catch (ConfigException e) {
      e.problems().forEach(err::println);
      return ExitCode.USAGE;
    } catch (IOException e) {
      err.println(e.getMessage());
      return ExitCode.SYSTEM;
    }
  }

  private void drain(AdminConnection admin) throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    JsonNode status = ask(admin, "POST", undo ? "/undrain" : "/drain");
    show(out, status);
    while (wait && !undo && !phase(status).equals(DrainSequence.Phase.DRAINED.name())) {
      Thread.sleep(POLL);
      status = ask(admin, "GET", "/status").path("drain");
      if (phase(status).equals(DrainSequence.Phase.SERVING.name())) {
        throw new IOException(admin + ": the drain was undone, the gateway serves again");
      }
    }
    if (wait && !undo) {
      show(out, status);
    }
  }

  private static void show(PrintWriter out, JsonNode status) {
    out.printf("%s, %d connections%n", phase(status), status.path("connections").asLong(0));
    out.flush();
  }

  private static String phase(JsonNode status) {
    return status.path("phase").asString("");
  }

  /** Sends a request with the field that actions require, which no web page can send. */
  private static JsonNode ask(AdminConnection admin, String method, String path)
      throws IOException, InterruptedException {
    var response = admin.ask(method, path, "X-Harbor-Gateway: drain\r\n");
    if (response.status() != 200) {
      throw new IOException(
          admin + path + ": " + response.status() + " " + response.body().strip());
    }
    return new JsonMapper().readTree(response.body());
  }
}
