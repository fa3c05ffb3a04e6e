package io.harborgateway.testkit;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a {@link RouterLoad} has seen. Its text is made for the message of an assertion.
 *
 * @param counts of the requests by outcome, without the uploads
 * @param failed requests that neither succeeded nor were retried with success: the first 200
 * @param failedAttempts of all requests, those that were retried with success too: the first 1,000
 * @param uploads each of them
 */
public record LoadReport(
    Map<Outcome, Long> counts,
    List<Sample> failed,
    List<Attempt> failedAttempts,
    List<Upload> uploads) {
  /** What a request came to. */
  public enum Outcome {
    /** Served at the first attempt. */
    SUCCEEDED,
    /** Served at a later attempt: the client noticed nothing. */
    RETRIED,
    /** Answered by the router itself, for example with a 502. */
    ROUTER_ERROR,
    /** Answered by a backend with a status that is not expected. */
    UNEXPECTED_STATUS,
    /** The response of a backend ended before its end. */
    CUT
  }

  /** A request with its response. */
  public record Sample(
      String request, Instant began, Duration took, Outcome outcome, RouterResponse response) {

    /** Whether the client was served. */
    public boolean isServed() {
      return outcome == Outcome.SUCCEEDED || outcome == Outcome.RETRIED;
    }

    /** When the response, or what was left of it, was there. */
    public Instant ended() {
      return began.plus(took);
    }

    /** Whether it was lost on a connection that broke while the backend may have had it. */
    public boolean isLostInFlight() {
      return !isServed()
          && !response.attempts().isEmpty()
          && response.attempts().getLast().failedInFlight();
    }

    @Override
    public String toString() {
      return "%s at %s +%d ms: %s %s".formatted(request, began, took.toMillis(), outcome, response);
    }
  }

  /**
   * A long upload.
   *
   * @param bytes that were handed to the router
   * @param intact whether the digest that the backend answered with, if any, is that of these bytes
   */
  public record Upload(long bytes, boolean intact, Sample sample) {
    /** Whether it arrived whole. */
    public boolean isComplete() {
      return intact && sample.isServed();
    }
  }

  public LoadReport {
    counts = Collections.unmodifiableMap(new TreeMap<>(counts));
    failed = List.copyOf(failed);
    failedAttempts = List.copyOf(failedAttempts);
    uploads = List.copyOf(uploads);
  }

  /** How many requests came to this. */
  public long count(Outcome outcome) {
    return counts.getOrDefault(outcome, 0L);
  }

  /** How many requests there were, without the uploads. */
  public long requests() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** How many requests were not served, without the uploads. */
  public long failures() {
    return requests() - count(Outcome.SUCCEEDED) - count(Outcome.RETRIED);
  }

  /** The uploads that did not arrive whole. */
  public List<Upload> lostUploads() {
    return uploads.stream().filter(upload -> !upload.isComplete()).toList();
  }

  @Override
  public String toString() {
    return "%d requests %s, %d of %d uploads lost%s%s"
        .formatted(
            requests(),
            counts,
            lostUploads().size(),
            uploads.size(),
            lines(failed),
            lines(lostUploads()));
  }

  private static String lines(List<?> all) {
    return all.stream().map(each -> "\n  " + each).collect(Collectors.joining());
  }
}
