package io.harborgateway.snapshot;

import io.harborgateway.config.GatewayConfig;
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
 * Reads the sources' instances, and decides which come into force. Each is independent: one that
 * can't be read, or claims what another has, stays as it was, and is reported. Unchanged instances
 * take precedence over new ones, so that a new file takes nothing away; one that can't have what it
 * claims stays as it was, whoever else claims that.
 */
final class Contributions {
  /** Checks what keeps an instance from being used; may block. */
  interface Usability {
    /**
     * Returns every problem.
     *
     * @param isServed whether another version of it is in force, which would stay
     */
    List<Problem> problems(LoadedInstance instance, boolean isServed);
  }

  /** Limit of host names from all sources together: each takes some 500 bytes of heap. */
  static final int MOST_NAMES = 100_000;

  /** Limit of problems reported for one text; others are only counted. */
  static final int MOST_OF_ONE = 10;

  /** Limit of problems reported in total; nobody reads more. */
  static final int MOST_PROBLEMS = 1_000;

  /** How often new instances give way so that others stay as they are. */
  private static final int ROUNDS = 10;

  private final GatewayConfig config;
  private final Map<String, Contribution> before;
  private final Claims claims;
  private final Usability usability;
  private final Map<String, Contribution> accepted = new LinkedHashMap<>();
  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> displaced = new ArrayList<>();
  private int names;

  /** A text with its current content, if it could be read, and its previous content. */
  private record Candidate(
      String place, @Nullable Contribution now, @Nullable Contribution before) {
    boolean isChange() {
      return now != null && before != null;
    }
  }

  /**
   * @param before what is in force, by place
   * @param usability checks what is new or has changed
   */
  Contributions(
      GatewayConfig config, Map<String, Contribution> before, Claims claims, Usability usability) {
    this.config = config;
    this.before = before;
    this.claims = claims;
    this.usability = usability;
  }

  /** Reads all texts; instances in force that are not among them end. Blocks. */
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
          kept.put(candidate.place(), tooEntangled(candidate)); // everything left
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
   * Accepts unchanged instances first, then new ones.
   *
   * @param kept places whose new content must not be accepted
   * @param refused receives the reason for each place that can't be accepted
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
      List<Problem> ended = was.instance().problems(config);
      if (!ended.isEmpty()) {
        displaced.addAll(ended); // the configuration takes what this served instance needs
        was = null;
      } else if (isSame(was, text)) {
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
      found = List.of(); // it has just been deleted: the event for that follows
    } catch (IOException e) {
      found = List.of(new Problem(text.place(), 0, 0, "", String.valueOf(e.getMessage()), ""));
    }
    note(text.place(), found);
    Contribution counted = now == null ? was : now;
    names += counted == null ? 0 : counted.instance().nameCount();
    return new Candidate(text.place(), now, was);
  }

  /** In a bucket by another name, the same text is read again: problems name the new place. */
  private static boolean isSame(Contribution was, InstanceText text) {
    return was.version().equals(text.version())
        && was.instance().source().file().equals(text.place());
  }

  private List<Problem> problems(LoadedInstance instance, @Nullable Contribution was) {
    if (names + instance.nameCount() > MOST_NAMES) {
      String found = "more than " + MOST_NAMES + " names, with those of other instances";
      return List.of(instance.source().problem("guid", found, ""));
    }
    List<Problem> found = new ArrayList<>(instance.problems(config));
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

  /**
   * Handles a refused place. If it was served and no longer can be, that is due to the
   * configuration.
   */
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

  /** Returns what comes into force, in the order of the texts. */
  Map<String, Contribution> accepted() {
    return accepted;
  }

  List<Problem> problems() {
    return problems;
  }

  /** Returns the conflicts through which the configuration would end a served instance. */
  List<Problem> displaced() {
    return displaced;
  }
}
