package io.harborgateway.snapshot;

import io.harborgateway.config.ListenerConfig;
import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.load.InstanceLoader;
import io.harborgateway.config.load.LoadedInstance;
import io.harborgateway.source.InstanceText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what sources say of instances, and decides what of it comes into force. Each stands for
 * itself: what can't be read, or takes what another one has, is left as it was before, and named.
 * What stays as it was has precedence over what is new, so that a new file takes nothing away.
 */
final class Contributions {
  /** Says what keeps an instance from being used; may block. */
  interface Usability {
    /**
     * Returns every problem.
     *
     * @param isServed whether another version of it is in force, which would stay
     */
    List<Problem> problems(LoadedInstance instance, boolean isServed);
  }

  /** Host names of all sources together: each takes some 500 bytes of the heap. */
  static final int MOST_NAMES = 100_000;

  /** Problems with one text; others are counted. */
  static final int MOST_OF_ONE = 10;

  /** Problems with all; of more nobody reads. */
  static final int MOST_PROBLEMS = 1_000;

  private final List<ListenerConfig> listeners;
  private final Map<String, Contribution> before;
  private final Claims claims;
  private final Usability usability;
  private final Map<String, Contribution> accepted = new LinkedHashMap<>();
  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> displaced = new ArrayList<>();
  private int names;

  /** A text that was read: what it says now, if that could be read, and what it said before. */
  private record Candidate(
      String place, @Nullable Contribution now, @Nullable Contribution before) {}

  /**
   * @param before what is in force, by place
   * @param usability of what is new or has changed
   */
  Contributions(
      List<ListenerConfig> listeners,
      Map<String, Contribution> before,
      Claims claims,
      Usability usability) {
    this.listeners = listeners;
    this.before = before;
    this.claims = claims;
    this.usability = usability;
  }

  /** Reads all; what is in force before and not among them ends. Blocks. */
  void read(List<InstanceText> texts) {
    List<Candidate> candidates = texts.stream().map(this::candidate).toList();
    for (Candidate candidate : candidates) {
      if (candidate.now() == null && candidate.before() != null) {
        keep(candidate);
      }
    }
    for (Candidate candidate : candidates) {
      if (candidate.now() != null) {
        change(candidate);
      }
    }
    Map<String, Contribution> unsorted = Map.copyOf(accepted);
    accepted.clear();
    for (Candidate candidate : candidates) {
      Contribution contribution = unsorted.get(candidate.place());
      if (contribution != null) {
        accepted.put(candidate.place(), contribution);
      }
    }
  }

  private Candidate candidate(InstanceText text) {
    Contribution was = before.get(text.place());
    if (was != null) {
      List<Problem> ended = was.instance().problems(listeners);
      if (!ended.isEmpty()) {
        displaced.addAll(ended); // the configuration ends what the instance, which is served, needs
        was = null;
      } else if (was.version().equals(text.version())) {
        names += was.instance().nameCount();
        return new Candidate(text.place(), null, was);
      }
    }
    Contribution now = null;
    List<Problem> found;
    try {
      LoadedInstance instance = InstanceLoader.load(text.place(), text.text(), text.folder());
      found = problems(instance, was);
      now = found.isEmpty() ? new Contribution(text.version(), instance) : null;
    } catch (ConfigException e) {
      found = e.problems();
    } catch (IOException e) {
      found = List.of(new Problem(text.place(), 0, 0, "", String.valueOf(e.getMessage()), ""));
    }
    note(text.place(), found);
    Contribution counted = now == null ? was : now;
    names += counted == null ? 0 : counted.instance().nameCount();
    return new Candidate(text.place(), now, was);
  }

  private List<Problem> problems(LoadedInstance instance, @Nullable Contribution was) {
    if (names + instance.nameCount() > MOST_NAMES) {
      String found = "more than " + MOST_NAMES + " names, with those of other instances";
      return List.of(instance.source().problem("guid", found, ""));
    }
    List<Problem> found = new ArrayList<>(instance.problems(listeners));
    if (was == null || !was.instance().config().equals(instance.config())) {
      found.addAll(usability.problems(instance, was != null));
    }
    return found;
  }

  private void note(String place, List<Problem> found) {
    int room = Math.min(MOST_OF_ONE, MOST_PROBLEMS - problems.size());
    if (found.size() <= room) {
      problems.addAll(found);
    } else if (room > 0) {
      problems.addAll(found.subList(0, room - 1));
      String more = "and %d more problems".formatted(found.size() - room + 1);
      problems.add(new Problem(place, 0, 0, "", more, ""));
    }
  }

  private void keep(Candidate candidate) {
    Contribution was = candidate.before();
    Problem taken = was == null ? null : take(candidate.place(), was);
    if (taken != null && was != null) {
      note(candidate.place(), List.of(taken));
      if (!claims.hasGuid(was.instance().config().guid())) {
        displaced.add(taken); // the configuration takes a name of another instance, which is served
      }
    }
  }

  private void change(Candidate candidate) {
    Contribution now = candidate.now();
    Problem taken = now == null ? null : take(candidate.place(), now);
    if (taken != null) {
      note(candidate.place(), List.of(taken));
      Contribution was = candidate.before();
      if (was != null) {
        take(candidate.place(), was); // if it can't have that either, it ends
      }
    }
  }

  /** Returns what is taken already, or null. */
  private @Nullable Problem take(String place, Contribution contribution) {
    Problem taken = claims.take(contribution.instance());
    if (taken == null) {
      accepted.put(place, contribution);
    }
    return taken;
  }

  /** Returns what is to be in force, in the order of the texts. */
  Map<String, Contribution> accepted() {
    return accepted;
  }

  List<Problem> problems() {
    return problems;
  }

  /** Returns conflicts by which the configuration would end an instance that is served. */
  List<Problem> displaced() {
    return displaced;
  }
}
