/** Host name to instance: the routing state as an immutable snapshot. */
package io.harborgateway.route;
