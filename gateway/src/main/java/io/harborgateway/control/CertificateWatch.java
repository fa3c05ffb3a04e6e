package io.harborgateway.control;

import io.harborgateway.certs.CertificateSet;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.issue.Issuer;
import io.harborgateway.lifecycle.CertificateEvent;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.route.Instance;
import io.harborgateway.snapshot.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Tracks which instances can't be announced because of their certificate, and which can't be
 * served.
 *
 * <ul>
 *   <li>A refused certificate stays refused: a file that can't be read, a key that no handshake
 *       works with.
 *   <li>A certificate that no handshake has proven yet is not announced, unless it is {@linkplain
 *       #presume presumed} good.
 *   <li>Conditions that depend on the clock follow it, whichever way it jumps: not yet valid,
 *       expired (neither announced nor served), about to expire (served, but no longer announced).
 * </ul>
 *
 * Thread-safe, except that {@link #look} must be called by one thread only.
 */
public final class CertificateWatch {
  /**
   * Most events per look: a clock that jumps is one problem to a reader, not a hundred thousand.
   */
  private static final int TOLD_AT_A_LOOK = 20;

  private static final String UNPROVEN = "no handshake has proven it yet";
  private static final long UNREAD = Long.MIN_VALUE;

  /** Not read here either, but announced by the process before this one. */
  private static final long PRESUMED = Long.MIN_VALUE + 1;

  private final Snapshot snapshot;
  private final List<Instance> instances;
  private final AtomicLongArray begins; // epoch seconds; at most PRESUMED until it is proven
  private final AtomicLongArray ends; // epoch seconds: the last with all needed certificates valid
  private final Map<Instance, String> refused = new ConcurrentHashMap<>();
  private final Map<Instance, Timely> timely = new ConcurrentHashMap<>();
  private final DoubtfulEnds doubtful;
  // Days left at the last warning. Guarded by itself.
  private final Map<InstanceGuid, Long> warnedAt = new HashMap<>();
  private final InstantSource clock;
  private final NodeEvents events;
  private final Duration guard;
  private final Duration warning;

  /**
   * A problem that depends on the clock.
   *
   * @param serves whether handshakes are still served
   */
  private record Timely(String problem, boolean serves) {}

  /**
   * Creates a watch in which nothing is proven yet; what the snapshot has refused is refused.
   *
   * @param clock the wall clock
   * @param events notified of what {@link #look} finds
   */
  CertificateWatch(Snapshot snapshot, InstantSource clock, NodeEvents events) {
    this.snapshot = snapshot;
    this.instances = snapshot.routes().instances();
    this.clock = clock;
    this.events = events;
    this.guard = snapshot.certificateGuard();
    this.warning = snapshot.certificateWarning();
    this.begins = new AtomicLongArray(instances.size());
    this.doubtful = new DoubtfulEnds(warning, events);
    this.ends = new AtomicLongArray(instances.size());
    for (int i = 0; i < instances.size(); i++) {
      begins.set(i, UNREAD);
    }
    refused.putAll(snapshot.refused());
  }

  /**
   * Returns a watch for the next snapshot, with what is known about certificates that stay.
   *
   * @param next the snapshot whose route table the indexes of the new watch refer to
   */
  CertificateWatch next(Snapshot next) {
    var watch = new CertificateWatch(next, clock, events);
    Map<Instance, Integer> indexes = indexes();
    List<Instance> followers = next.routes().instances();
    synchronized (warnedAt) {
      watch.warnedAt.putAll(warnedAt);
    }
    Set<InstanceGuid> present = new HashSet<>();
    followers.forEach(instance -> present.add(instance.guid()));
    watch.warnedAt.keySet().retainAll(present);
    for (int i = 0; i < followers.size(); i++) {
      Integer was = indexes.get(followers.get(i));
      if (was != null && snapshot.hasSameCertificate(next, followers.get(i))) {
        watch.copy(this, was, i, followers.get(i));
      }
    }
    return watch;
  }

  private Map<Instance, Integer> indexes() {
    Map<Instance, Integer> indexes = new HashMap<>();
    for (int i = 0; i < instances.size(); i++) {
      indexes.put(instances.get(i), i);
    }
    return indexes;
  }

  /**
   * Takes over what the previous watch has learned about certificates that are not in memory since
   * {@link #next} made this one. Must be called when nothing judges for the previous one any more.
   *
   * @return the indexes of those about which it has learned something
   */
  List<Integer> adopt(CertificateWatch previous) {
    Map<Instance, Integer> indexes = previous.indexes();
    List<Integer> learned = new ArrayList<>();
    for (int i = 0; i < instances.size(); i++) {
      Instance instance = instances.get(i);
      Integer was = indexes.get(instance);
      if (was != null
          && !snapshot.isKnown(instance)
          && previous.snapshot.hasSameCertificate(snapshot, instance)
          && !knowsTheSame(previous, was, i)) {
        refused.remove(instance);
        copy(previous, was, i, instance);
        learned.add(i);
      }
    }
    return learned;
  }

  private boolean knowsTheSame(CertificateWatch other, int its, int index) {
    Instance instance = instances.get(index);
    return begins.get(index) == other.begins.get(its)
        && ends.get(index) == other.ends.get(its)
        && Objects.equals(refused.get(instance), other.refused.get(instance));
  }

  private void copy(CertificateWatch from, int was, int index, Instance instance) {
    String problem = from.refused.get(instance);
    if (problem != null) {
      refused.putIfAbsent(instance, problem);
    }
    if (from.isUnread(was)) {
      begins.set(index, from.begins.get(was));
      return;
    }
    doubtful.copy(from.doubtful, instance);
    ends.set(index, from.ends.get(was));
    begins.set(index, from.begins.get(was));
    judge(index, clock.instant());
  }

  private boolean isUnread(int index) {
    return begins.get(index) <= PRESUMED;
  }

  /**
   * The instance may be announced until its certificate is judged: the process before this one did.
   */
  void presume(int index) {
    begins.compareAndSet(index, UNREAD, PRESUMED);
  }

  /** Whether the certificate has been judged: proven by a handshake, or refused. */
  boolean isJudged(int index) {
    return !isUnread(index) || refused.containsKey(instances.get(index));
  }

  /**
   * Records that handshakes have proven the certificates.
   *
   * @param index its instance's index in the route table
   */
  void proven(int index, CertificateSet certificates) {
    Instant now = clock.instant();
    certificates.doubtful(now).ifPresent(issuer -> doubtful.add(instances.get(index), issuer));
    if (!snapshot.refused().containsKey(instances.get(index))) {
      refused.remove(instances.get(index)); // its files may have been repaired since
    }
    ends.set(index, certificates.until(now).getEpochSecond());
    begins.set(index, certificates.from(now).getEpochSecond());
    judge(index, now);
  }

  /** Whether the certificate can't be used, regardless of the time. */
  boolean isRefused(Instance instance) {
    return refused.containsKey(instance);
  }

  /** Returns the first second of a proven certificate's validity, since 1970. */
  long begin(int index) {
    return begins.get(index);
  }

  /** Returns the last second of a proven certificate's validity, since 1970. */
  long end(int index) {
    return ends.get(index);
  }

  /** Records that a certificate can't be used, regardless of the time. */
  void refuse(Instance instance, String problem) {
    refused.put(instance, problem);
  }

  /**
   * Returns why the instance's certificate keeps it from being announced, or null.
   *
   * @param index the instance's index in the route table
   */
  @Nullable String problem(int index) {
    String problem = problem(instances.get(index));
    return problem == null && begins.get(index) == UNREAD ? UNPROVEN : problem;
  }

  /** Returns the same for an instance that has been proven or refused. */
  @Nullable String problem(Instance instance) {
    String problem = refused.get(instance);
    Timely now = timely.get(instance);
    return problem == null && now != null ? now.problem : problem;
  }

  /**
   * Returns why no handshake may begin with the instance's certificate now, or null. For a refused
   * certificate, building its context reports why, and how long that holds.
   */
  @Nullable String refusal(Instance instance) {
    Timely now = timely.get(instance);
    return now == null || now.serves ? null : now.problem;
  }

  /**
   * Returns why clients may reject the instance's certificate although it is announced, or null.
   */
  @Nullable String doubt(Instance instance) {
    return doubtful.warning(instance, clock.instant());
  }

  /** Returns when the first of the proven certificates expires, or null. */
  @Nullable Instant nearestEnd() {
    long nearest = Long.MAX_VALUE;
    for (int i = 0; i < instances.size(); i++) {
      if (!isUnread(i)) {
        nearest = Math.min(nearest, ends.get(i));
      }
    }
    return nearest == Long.MAX_VALUE ? null : Instant.ofEpochSecond(nearest);
  }

  /** The number of instances with a problem. */
  int problems() {
    return refused.size() + timely.size();
  }

  /** Checks the clock; returns whether what may be announced has changed. */
  boolean look() {
    Instant now = clock.instant();
    int changed = 0;
    for (int i = 0; i < instances.size(); i++) {
      if (judge(i, now)) {
        changed++;
        if (changed <= TOLD_AT_A_LOOK) {
          publish(instances.get(i));
        }
      }
    }
    if (changed > TOLD_AT_A_LOOK) {
      events.publish(new CertificateEvent.Changed(changed - TOLD_AT_A_LOOK));
    }
    doubtful.look(now);
    return changed > 0;
  }

  private void publish(Instance instance) {
    Timely problem = timely.get(instance);
    events.publish(
        problem == null
            ? new CertificateEvent.Good(instance.toString())
            : new CertificateEvent.Held(instance.toString(), problem.problem));
  }

  /** Returns whether its problem has changed or gone. */
  private boolean judge(int index, Instant now) {
    if (isUnread(index)) {
      return false;
    }
    Instance instance = instances.get(index);
    Timely next = timely(index, instance, now.getEpochSecond());
    Timely before = next == null ? timely.remove(instance) : timely.put(instance, next);
    return next == null ? before != null : !next.equals(before);
  }

  private @Nullable Timely timely(int index, Instance instance, long now) {
    if (now < begins.get(index)) {
      return new Timely("is not valid before " + Instant.ofEpochSecond(begins.get(index)), false);
    }
    long left = ends.get(index) - now;
    if (left > Math.max(warning.toSeconds(), guard.toSeconds())) {
      return null;
    }
    Instant end = Instant.ofEpochSecond(ends.get(index));
    if (left < 0) {
      return new Timely("ended at " + end, false);
    }
    if (left <= guard.toSeconds()) {
      return new Timely("ends at " + end, true);
    }
    if (isToBeRenewed(index, instance, now)) {
      return null;
    }
    warn(instance, end, Math.floorDiv(left, Duration.ofDays(1).toSeconds()));
    return null;
  }

  /** Whether the gateway renews it itself, and half of the time for that has not passed yet. */
  private boolean isToBeRenewed(int index, Instance instance, long now) {
    Issuer issuer = snapshot.certificates().issuer();
    if (issuer == null || !snapshot.certificates().isIssued(instance)) {
      return false;
    }
    Instant begin = Instant.ofEpochSecond(begins.get(index));
    Instant end = Instant.ofEpochSecond(ends.get(index));
    long due = issuer.policy().due(begin, end, instance.label()).getEpochSecond();
    return now < due + (end.getEpochSecond() - due) / 2;
  }

  private void warn(Instance instance, Instant end, long daysLeft) {
    synchronized (warnedAt) {
      if (Long.valueOf(daysLeft).equals(warnedAt.put(instance.guid(), daysLeft))) {
        return;
      }
    }
    events.publish(new CertificateEvent.Ending(instance.toString(), end, daysLeft));
  }
}
