package io.harborgateway.http.head;

/**
 * What a head may take up.
 *
 * @param headBytes of a request or response head, start line and empty line included
 * @param targetBytes of a request target
 * @param fields number of field lines
 */
public record HeadLimits(int headBytes, int targetBytes, int fields) {}
