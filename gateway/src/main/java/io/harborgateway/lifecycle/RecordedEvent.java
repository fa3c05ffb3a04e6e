package io.harborgateway.lifecycle;

import java.time.Instant;

/**
 * An event as recorded by {@link NodeEvents}.
 *
 * @param sequence number of the event in this process, from 1
 */
public record RecordedEvent(long sequence, Instant at, NodeEvent event) {}
