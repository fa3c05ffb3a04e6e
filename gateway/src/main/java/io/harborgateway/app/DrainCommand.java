package io.harborgateway.app;

import io.harborgateway.config.Admin;
import io.harborgateway.config.ConfigException;
import io.harborgateway.config.ConfigLoader;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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
 * {@code drain}: makes a running gateway withdraw and finish, without ending it; for a BOSH drain
 * script. Speaks to its admin listener.
 */
@Command(
    name = "drain",
    description = "Takes the running gateway out of service without ending it, or back (--undo).",
    mixinStandardHelpOptions = true)
final class DrainCommand implements Callable<Integer> {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
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
      Admin admin = ConfigLoader.load(config, System.getenv()).config().admin();
      drain(admin);
      return ExitCode.OK;
    } catch (ConfigException e) {
      e.problems().forEach(err::println);
      return ExitCode.USAGE;
    } catch (IOException e) {
      err.println(e.getMessage());
      return ExitCode.SYSTEM;
    }
  }

  private void drain(Admin admin) throws IOException, InterruptedException {
    String host = admin.address().contains(":") ? "[" + admin.address() + "]" : admin.address();
    URI base = URI.create("http://" + host + ":" + admin.port());
    PrintWriter out = spec.commandLine().getOut();
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
      var action =
          HttpRequest.newBuilder(base.resolve(undo ? "/undrain" : "/drain"))
              .POST(HttpRequest.BodyPublishers.noBody())
              .timeout(TIMEOUT);
      JsonNode status = ask(client, action);
      show(out, status);
      while (wait && !undo && !phase(status).equals(Draining.Phase.DRAINED.name())) {
        Thread.sleep(POLL);
        status =
            ask(client, HttpRequest.newBuilder(base.resolve("/status")).timeout(TIMEOUT))
                .path("drain");
        if (phase(status).equals(Draining.Phase.SERVING.name())) {
          throw new IOException(base + ": the drain was undone, the gateway serves again");
        }
      }
      if (wait && !undo) {
        show(out, status);
      }
    }
  }

  private static void show(PrintWriter out, JsonNode status) {
    out.printf("%s, %d connections%n", phase(status), status.path("connections").asLong(0));
    out.flush();
  }

  private static String phase(JsonNode status) {
    return status.path("phase").asString("");
  }

  private static JsonNode ask(HttpClient client, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    HttpRequest built = request.build();
    HttpResponse<String> response;
    try {
      response = client.send(built, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IOException(
          "%s: no answer from the gateway: %s"
              .formatted(built.uri(), e.getMessage() == null ? e : e.getMessage()),
          e);
    }
    if (response.statusCode() != 200) {
      throw new IOException(
          built.uri() + ": " + response.statusCode() + " " + response.body().strip());
    }
    return new JsonMapper().readTree(response.body());
  }
}
