/** What is to be run: the configuration with every file that it names, read, checked, immutable. */
package io.harborgateway.snapshot;
