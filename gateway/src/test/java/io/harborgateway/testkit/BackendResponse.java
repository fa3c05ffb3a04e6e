package io.harborgateway.testkit;

import org.jspecify.annotations.Nullable;

/**
 * A backend's response.
 *
 * @param body nothing of it when it was cut
 * @param cut what ended it before its end, or null when it is whole
 */
record BackendResponse(HttpHead head, HttpBody body, @Nullable BackendException cut) {}
