package io.harborgateway.http.head;

/**
 * Limits of a head.
 *
 * @param headBytes size of a request or response head, including start line and empty line
 * @param targetBytes size of a request target
 * @param fields number of field lines
 */
public record HeadLimits(int headBytes, int targetBytes, int fields) {}
