package io.harborgateway.control;

import io.harborgateway.config.binding.Problem;
import io.harborgateway.lifecycle.CertificateEvent;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The problems of a snapshot's certificates that the log and {@code /status} show. Each is logged
 * once, and shown until it is solved. Thread-safe.
 */
final class ShownProblems {
  private static final Logger LOG = LoggerFactory.getLogger(ShownProblems.class);

  /** Most instances shown: to a reader, a folder with wrong permissions is a single problem. */
  private static final int MOST = 100;

  private final Snapshot snapshot;
  private final NodeEvents events;
  private final Set<String> logged;

  /** Problems found when the snapshot was made. */
  private final List<String> given;

  /** Problems found since, by the index of the instance. Guarded by itself. */
  private final Map<Integer, List<String>> found = new LinkedHashMap<>();

  /**
   * @param before the previous snapshot's problems, which are not logged again
   */
  ShownProblems(Snapshot snapshot, @Nullable ShownProblems before, NodeEvents events) {
    this.snapshot = snapshot;
    this.events = events;
    this.logged = before == null ? Set.of() : Set.copyOf(before.texts());
    this.given =
        snapshot.certificateProblems().stream().map(Problem::toString).limit(MOST).toList();
    given.forEach(this::log);
  }

  /**
   * Shows these problems of an instance instead of those shown before.
   *
   * @param index the instance's index in the snapshot's route table
   * @param problems empty: none is left
   */
  void show(int index, List<String> problems) {
    List<String> texts =
        problems.stream().map(problem -> snapshot.problem(index, problem).toString()).toList();
    List<String> before;
    synchronized (found) {
      if (texts.isEmpty()) {
        found.remove(index);
        return;
      }
      if (found.size() >= MOST && !found.containsKey(index)) {
        return;
      }
      before = found.put(index, texts);
      if (before == null && found.size() == MOST) {
        LOG.warn("if more certificates are not used, only the first {} are named", MOST);
      }
    }
    texts.stream().filter(text -> before == null || !before.contains(text)).forEach(this::log);
  }

  /** Returns all that are shown, with their places. */
  List<String> texts() {
    List<String> all = new ArrayList<>(given);
    synchronized (found) {
      found.values().forEach(all::addAll);
    }
    return all;
  }

  private void log(String text) {
    if (!logged.contains(text)) {
      events.publish(new CertificateEvent.Refused(text));
    }
  }
}
