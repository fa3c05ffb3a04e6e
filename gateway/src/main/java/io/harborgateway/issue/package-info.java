/**
 * Certificates that the gateway issues itself: when ({@link io.harborgateway.issue.IssuePolicy}),
 * where they are ({@link io.harborgateway.issue.IssuedPair}), and by which CA ({@link
 * io.harborgateway.issue.Issuer}).
 */
@NullMarked
package io.harborgateway.issue;

import org.jspecify.annotations.NullMarked;
