package io.harborgateway.lifecycle;

import java.time.Instant;

/**
 * One condition of readiness as it was at one moment.
 *
 * @param reason why the condition is not met; empty when it is met
 * @param since when it became met or unmet; a changed reason alone does not move it
 */
public record ConditionStatus(String name, boolean met, String reason, Instant since) {}
