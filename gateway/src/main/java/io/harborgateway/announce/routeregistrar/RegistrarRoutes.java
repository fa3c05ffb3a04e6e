package io.harborgateway.announce.routeregistrar;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes of route_registrar's files, and which of them are wanted: those in a file whose health
 * script, if any, succeeded in its last run.
 *
 * <p>Publishes nothing: that is up to the observer, which must not close this object.
 */
public final class RegistrarRoutes implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RegistrarRoutes.class);

  /** Notified by one thread at a time, in order; it should not block for long. */
  public interface Observer {
    /**
     * A route has appeared or changed its state. A changed route is reported as two: the old one is
     * gone, then the new one appears. A route with a script first appears as not wanted, and is
     * reported again when the first run has ended.
     *
     * @param reason human-readable
     */
    void route(RegistrarRoute route, boolean wanted, String reason);

    /**
     * No file has the route any more. It is not reported again unless it reappears.
     *
     * @param reason human-readable
     */
    void gone(RegistrarRoute route, String reason);

    /** All routes in the files have been reported for the first time. */
    void complete();
  }

  private final ScriptEnvironment environment;
  private final Observer observer;
  private final RegistrarFiles files;

  /** Guarded by this object, whose lock is held while the observer is called. */
  private final Map<RegistrarRoute, Tracked> tracked = new LinkedHashMap<>();

  /**
   * Creates the routes of these settings. Nothing is reported and no script runs before {@link
   * #start}.
   *
   * @param settings read once, as route_registrar does
   * @param environment environment of the health scripts
   */
  public RegistrarRoutes(
      RegistrarSettings settings, ScriptEnvironment environment, Observer observer) {
    this.environment = environment;
    this.observer = observer;
    this.files =
        new RegistrarFiles(
            settings,
            new RegistrarFiles.Observer() {
              @Override
              public void added(RegistrarRoute route) {
                add(route);
              }

              @Override
              public void removed(RegistrarRoute route) {
                remove(route);
              }

              @Override
              public void complete() {
                observer.complete();
              }
            });
  }

  /** Begins to watch the files and to run the scripts. Returns at once. */
  public void start() {
    files.start();
  }

  /** Stops everything, including running scripts. The observer is not called after this returns. */
  @Override
  public void close() {
    files.close();
    List<Tracked> rest;
    synchronized (this) {
      rest = new ArrayList<>(tracked.values());
      tracked.clear();
    }
    rest.forEach(Tracked::close);
  }

  private synchronized void add(RegistrarRoute route) {
    var added = new Tracked(route);
    tracked.put(route, added);
    if (added.script == null) {
      tell(route, true, "in route_registrar's files, without a health script");
    } else {
      tell(route, false, "its health script has not run yet");
      added.script.start();
    }
  }

  private void remove(RegistrarRoute route) {
    Tracked removed;
    synchronized (this) {
      removed = tracked.remove(route);
    }
    try {
      synchronized (this) {
        LOG.atInfo().addKeyValue("route", route.label()).log("route_registrar's route is gone");
        observer.gone(route, "in none of route_registrar's files any more");
      }
    } finally {
      if (removed != null) {
        removed.close(); // without this object's lock: the script may be about to call back
      }
    }
  }

  private void tell(RegistrarRoute route, boolean wanted, String reason) {
    LOG.atInfo()
        .addKeyValue("route", route.label())
        .addKeyValue("wanted", wanted)
        .addKeyValue("reason", reason)
        .log("route_registrar's route");
    observer.route(route, wanted, reason);
  }

  /** A route, and the last result of its script. */
  private final class Tracked {
    private final RegistrarRoute route;
    private final @Nullable HealthScript script;
    private @Nullable Boolean healthy;

    Tracked(RegistrarRoute route) {
      this.route = route;
      ScriptCheck check = route.check();
      this.script =
          check == null
              ? null
              : new HealthScript(check, environment, route.registrationInterval(), this::checked);
    }

    private void checked(boolean result, String reason) {
      synchronized (RegistrarRoutes.this) {
        boolean current = tracked.get(route) == this;
        boolean changed = healthy == null || healthy != result;
        if (current && changed) {
          healthy = result;
          tell(route, result, reason);
        }
      }
    }

    void close() {
      if (script != null) {
        script.close();
      }
    }
  }
}
