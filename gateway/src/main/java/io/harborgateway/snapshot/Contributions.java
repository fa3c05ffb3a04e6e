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

  private final List<ListenerConfig> listeners;
  private final Map<String, Contribution> before;
  private final Claims claims;
  private final Usability usability;
  private final Map<String, Contribution> accepted = new LinkedHashMap<>();
  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> displaced = new ArrayList<>();

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
    if (was != null && was.version().equals(text.version())) {
      List<Problem> found = was.instance().problems(listeners);
      problems.addAll(found);
      return new Candidate(text.place(), null, found.isEmpty() ? was : null);
    }
    List<Problem> found;
    Contribution now = null;
    try {
      LoadedInstance instance = InstanceLoader.load(text.place(), text.text(), text.folder());
      found = new ArrayList<>(instance.problems(listeners));
      if (was == null || !was.instance().config().equals(instance.config())) {
        found.addAll(usability.problems(instance, was != null));
      }
      now = found.isEmpty() ? new Contribution(text.version(), instance) : null;
    } catch (ConfigException e) {
      found = e.problems();
    } catch (IOException e) {
      found = List.of(new Problem(text.place(), 0, 0, "", String.valueOf(e.getMessage()), ""));
    }
    problems.addAll(found);
    boolean isGood = was != null && was.instance().problems(listeners).isEmpty();
    return new Candidate(text.place(), now, isGood ? was : null);
  }

  private void keep(Candidate candidate) {
    Contribution was = candidate.before();
    if (was != null && !take(candidate.place(), was)) {
      Problem last = problems.getLast();
      if (!claims.hasGuid(was.instance().config().guid())) {
        displaced.add(last); // the configuration takes a name of another instance, which is served
      }
    }
  }

  private void change(Candidate candidate) {
    Contribution now = candidate.now();
    Contribution was = candidate.before();
    if (now != null && !take(candidate.place(), now) && was != null) {
      int said = problems.size();
      take(candidate.place(), was);
      problems.subList(said, problems.size()).clear(); // why it is not changed has been said
    }
  }

  private boolean take(String place, Contribution contribution) {
    Problem taken = claims.take(contribution.instance());
    if (taken == null) {
      accepted.put(place, contribution);
      return true;
    }
    problems.add(taken);
    return false;
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
