/**
 * What a service manager is told of this process, in the protocol of sd_notify(3): systemd's, and
 * that of those who speak it too.
 */
@NullMarked
package io.harborgateway.supervise;

import org.jspecify.annotations.NullMarked;
