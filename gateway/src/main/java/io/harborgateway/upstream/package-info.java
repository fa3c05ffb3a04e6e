/** Harbor's nginx as the gateway sees it: dialling, pools for each event loop, health. */
package io.harborgateway.upstream;
