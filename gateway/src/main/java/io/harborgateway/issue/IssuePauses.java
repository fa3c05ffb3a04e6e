package io.harborgateway.issue;

import java.time.Duration;

/**
 * How long to wait after an attempt to issue a certificate for an instance.
 *
 * @param first after the first
 * @param longest twice as long each time up to this
 */
public record IssuePauses(Duration first, Duration longest) {
  /** Returns the pause after one more attempt. */
  public Duration after(Duration last) {
    Duration twice = last.multipliedBy(2);
    return twice.compareTo(longest) > 0 ? longest : twice;
  }
}
