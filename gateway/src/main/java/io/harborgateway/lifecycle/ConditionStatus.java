package io.harborgateway.lifecycle;

import java.time.Instant;

/**
 * A snapshot of one readiness condition.
 *
 * @param reason why the condition is not met; empty when it is met
 * @param since when it became met or unmet; a changed reason alone does not update it
 */
public record ConditionStatus(String name, boolean met, String reason, Instant since) {}
