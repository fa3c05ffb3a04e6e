package io.harborgateway.testkit;

import java.util.ArrayList;
import java.util.List;

/** The real curl. */
public final class Curl {
  private Curl() {}

  /**
   * Runs curl with these arguments, quiet but for errors, without the user's settings and proxies,
   * and for at most 50 s.
   */
  public static Command.Result run(String... arguments) {
    var command = new ArrayList<String>();
    command.add(PeerBinary.require("curl", "curl").toString());
    command.addAll(List.of("-q", "-sS", "--noproxy", "*", "--max-time", "50"));
    command.addAll(List.of(arguments));
    return Command.run(command);
  }
}
