/** What to run: the configuration with every file it names, read, checked, immutable. */
package io.harborgateway.snapshot;
