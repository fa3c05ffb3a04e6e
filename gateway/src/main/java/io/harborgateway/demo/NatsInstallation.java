package io.harborgateway.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Finds the nats-server program; installs it if it is missing and permitted. */
final class NatsInstallation {
  /** How to install it by hand. */
  static final String INSTALL = "apt-get install nats-server";

  /** Property with the launcher's installation folder or checkout; set by the launcher. */
  private static final String HOME = "harbor-gateway.home";

  private static final String PROGRAM = "nats-server";

  private NatsInstallation() {}

  /**
   * Returns the program, or null if it is missing: the demo goes on without it.
   *
   * @param given the program from {@code --nats-server}
   * @param notes receives what is missing and what is done about it
   */
  static @Nullable Path find(@Nullable Path given, Consumer<String> notes) {
    if (given != null) {
      return found(given, notes);
    }
    Path program = NatsServer.onPath(PROGRAM);
    if (program == null && install(notes)) {
      program = NatsServer.onPath(PROGRAM);
    }
    if (program == null) {
      notes.accept("nats-server: missing, so nothing is announced. " + INSTALL);
    }
    return program;
  }

  private static @Nullable Path found(Path given, Consumer<String> notes) {
    if (Files.isExecutable(given)) {
      return given;
    }
    notes.accept(
        "--nats-server: %s (expected: a program); nothing is announced. %s"
            .formatted(given, INSTALL));
    return null;
  }

  private static boolean install(Consumer<String> notes) {
    String home = System.getProperty(HOME);
    if (home == null || !isRoot()) {
      return false;
    }
    Path script = Path.of(home, "bin", "lib", "install-missing");
    if (!Files.isExecutable(script)) {
      return false;
    }
    notes.accept("nats-server: missing, to be installed by apt");
    try {
      return new ProcessBuilder(List.of(script.toString(), PROGRAM)).inheritIO().start().waitFor()
          == 0;
    } catch (IOException e) {
      notes.accept(script + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  private static boolean isRoot() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    } catch (IOException e) {
      return false; // no /proc: not a Debian to install on
    }
  }
}
