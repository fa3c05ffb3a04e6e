package io.harborgateway.benchmarks.load;

import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * The client and the {@link Backend} as a process of their own, so that they can have a core of
 * their own. Reads one {@link Slice} a line as JSON and answers each with a {@link SliceResult}; an
 * empty line releases what is held. Ends with its standard input.
 */
public final class LoadAgent {
  private LoadAgent() {}

  /**
   * Runs the process.
   *
   * @param arguments the port of the backend, and the ids of processes that belong to the benchmark
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    // The default of the logs that are on the class path is to tell everything.
    InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    PrintStream answers = System.out;
    // Nothing else may stand between the answers.
    System.setOut(System.err);
    var json = JsonMapper.builder().build();
    try (var backend = new Backend(Integer.parseInt(arguments[0]));
        var client = new LoadClient();
        var commands =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      client.knowHelpers(Stream.of(arguments).skip(1).map(Long::valueOf).toList());
      answers.println(json.writeValueAsString(backend.address().getPort()));
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        if (line.isEmpty()) {
          client.release();
          answers.println("{}");
        } else {
          Slice slice = json.readValue(line, Slice.class);
          answers.println(json.writeValueAsString(client.run(slice)));
        }
        answers.flush();
      }
    }
  }
}
