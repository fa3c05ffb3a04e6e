/** The program: commands, the wiring of all parts, logs, the order of start and stop. */
package io.harborgateway.app;
