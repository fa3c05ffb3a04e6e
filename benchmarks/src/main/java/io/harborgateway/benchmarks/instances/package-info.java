/** A node with as many instances as wanted. */
package io.harborgateway.benchmarks.instances;
