/**
 * Harbor's nginx as the gateway sees it: dialling, connection pools per event loop, health checks.
 */
package io.harborgateway.upstream;
