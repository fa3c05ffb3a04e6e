package io.harborgateway.cli;

import io.harborgateway.cli.ReloadAnswer.RefusedException;
import io.harborgateway.config.values.Durations;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code wait}: returns once the running gateway is ready, or once the routers know its routes; for
 * a BOSH post-start script. Talks to its admin listener, which may not be there yet.
 */
@Command(
    name = "wait",
    description = "Waits until the running gateway is ready, or announced to the routers.",
    mixinStandardHelpOptions = true)
final class WaitCommand extends AdminTask {
  private static final Duration POLL = Duration.ofMillis(200);

  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration ANSWER = Duration.ofSeconds(10);

  private static final int OK = 200;

  /** The rest is a number: a node with thousands of instances must not fill a deployment's log. */
  private static final int SHOWN = 20;

  @ArgGroup(multiplicity = "1", exclusive = false)
  private Wanted wanted = new Wanted();

  @Option(
      names = "--timeout",
      converter = DurationText.class,
      description = "How long, such as 500ms, 60s or 2m; ${DEFAULT-VALUE} if not given.",
      defaultValue = "60s")
  private Duration timeout = Duration.ZERO;

  /** What is waited for; with both, for both. */
  static final class Wanted {
    @Option(
        names = "--ready",
        description = "Each upstream answers, each listener is bound: /readyz is 200.")
    private boolean ready;

    @Option(names = "--announced", description = "Each route is announced, and a router listens.")
    private boolean announced;
  }

  /** Reads a duration as the YAML file has it. */
  static final class DurationText implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      try {
        return Durations.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /**
   * Looks until nothing is missing, and a last time when the time is up.
   *
   * @throws IOException if the gateway does not answer then
   */
  @Override
  int run(AdminConnection admin) throws IOException, InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    while (true) {
      Duration left = Duration.ofNanos(end - System.nanoTime());
      boolean last = !left.isPositive();
      try {
        List<String> missing = missing(admin, left);
        if (missing.isEmpty()) {
          return ExitCode.OK;
        }
        if (last) {
          show(missing);
          return ExitCode.UNAVAILABLE;
        }
      } catch (RefusedException e) {
        throw e;
      } catch (IOException e) {
        if (last) {
          throw e;
        }
      }
      Thread.sleep(left.compareTo(POLL) < 0 && !last ? left : POLL);
    }
  }

  private List<String> missing(AdminConnection admin, Duration left)
      throws IOException, InterruptedException {
    var response = admin.ask("GET", "/status", "", longest(left));
    if (response.status() != OK) {
      throw new IOException(
          admin + "/status: " + response.status() + " " + response.body().strip());
    }
    JsonNode status = new JsonMapper().readTree(response.body());
    List<String> missing = new ArrayList<>();
    if (wanted.ready) {
      missing.addAll(MissingParts.toBeReady(status));
    }
    if (wanted.announced) {
      missing.addAll(MissingParts.toBeAnnounced(status));
    }
    return missing.stream().distinct().toList();
  }

  /** A gateway that is not up yet refuses at once; one that is silent must not outlast the time. */
  private static Duration longest(Duration left) {
    return left.compareTo(SHORTEST) < 0 ? SHORTEST : left.compareTo(ANSWER) > 0 ? ANSWER : left;
  }

  private void show(List<String> missing) {
    PrintWriter err = err();
    err.printf("after %s still missing:%n", Durations.text(timeout));
    missing.stream().limit(SHOWN).forEach(err::println);
    if (missing.size() > SHOWN) {
      err.printf("and %d more%n", missing.size() - SHOWN);
    }
    err.flush();
  }
}
