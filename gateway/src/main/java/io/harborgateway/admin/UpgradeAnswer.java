package io.harborgateway.admin;

import java.util.List;

/**
 * The answer to {@code POST /upgrade}. Written as JSON by component names.
 *
 * @param upgraded whether another process has taken over; otherwise this one goes on
 * @param pid of the other process
 * @param problems why it has not, and what the other process has printed
 */
public record UpgradeAnswer(boolean upgraded, long pid, List<String> problems) {}
