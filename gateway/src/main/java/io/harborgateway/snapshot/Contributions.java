package io.harborgateway.snapshot;

import io.harborgateway.config.ListenerConfig;
import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.load.InstanceLoader;
import io.harborgateway.config.load.LoadedInstance;
import io.harborgateway.source.InstanceText;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what sources say of instances, and decides what of it comes into force. Each stands for
 * itself: what can't be read, or takes what another one has, is left as it was before, and named.
 * What stays as it was has precedence over what is new, so that a new file takes nothing away; what
 * can't be what it wants to stays as it was, whoever else wants that.
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

  /** How often what is new gives way, so that others stay as they are. */
  private static final int ROUNDS = 10;

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
      String place, @Nullable Contribution now, @Nullable Contribution before) {
    boolean isChange() {
      return now != null && before != null;
    }
  }

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
    Map<String, Problem> kept = new HashMap<>(); // why these stay as they are, by place
    Map<String, Contribution> taken = Map.of();
    for (int round = 1; ; round++) {
      Map<String, Problem> refused = new LinkedHashMap<>();
      taken = take(candidates, kept.keySet(), refused);
      List<Candidate> back =
          candidates.stream()
              .filter(candidate -> candidate.isChange() && !kept.containsKey(candidate.place()))
              .toList();
      if (back.stream().noneMatch(candidate -> refused.containsKey(candidate.place()))) {
        kept.forEach((place, problem) -> note(place, List.of(problem)));
        refused.forEach(this::refused);
        break;
      }
      for (Candidate candidate : back) {
        Problem problem = refused.get(candidate.place());
        if (problem != null) {
          kept.put(candidate.place(), problem);
        } else if (round == ROUNDS) {
          kept.put(candidate.place(), tooEntangled(candidate)); // all that is left
        }
      }
    }
    for (Candidate candidate : candidates) {
      Contribution contribution = taken.get(candidate.place());
      if (contribution != null) {
        accepted.put(candidate.place(), contribution);
      }
    }
  }

  /**
   * Takes what stays as it was first, then what is new.
   *
   * @param kept places of which what is new is not to be taken
   * @param refused gets why what a place says can't be taken
   */
  private Map<String, Contribution> take(
      List<Candidate> candidates, Set<String> kept, Map<String, Problem> refused) {
    var all = new Claims(claims);
    Map<String, Contribution> taken = new HashMap<>();
    for (boolean isNew : new boolean[] {false, true}) {
      for (Candidate candidate : candidates) {
        boolean takesNew = candidate.now() != null && !kept.contains(candidate.place());
        Contribution wanted = takesNew ? candidate.now() : candidate.before();
        if (wanted != null && takesNew == isNew) {
          Problem problem = all.take(wanted.instance());
          if (problem == null) {
            taken.put(candidate.place(), wanted);
          } else {
            refused.put(candidate.place(), problem);
          }
        }
      }
    }
    return taken;
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
    } catch (NoSuchFileException e) {
      found = List.of(); // it has just gone: whoever tells of that is listened to
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

  /** What was served and can't be any more, is so because of the configuration. */
  private void refused(String place, Problem problem) {
    note(place, List.of(problem));
    Contribution was = before.get(place);
    if (was != null && !claims.hasGuid(was.instance().config().guid())) {
      displaced.add(problem);
    }
  }

  private static Problem tooEntangled(Candidate candidate) {
    return new Problem(
        candidate.place(), 0, 0, "", "too many instances want names of each other", "");
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
