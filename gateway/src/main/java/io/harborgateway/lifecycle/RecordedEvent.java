package io.harborgateway.lifecycle;

import java.time.Instant;

/**
 * An event as {@link NodeEvents} keeps it.
 *
 * @param sequence counts all events of this process, from 1
 */
public record RecordedEvent(long sequence, Instant at, NodeEvent event) {}
