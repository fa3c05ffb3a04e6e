/**
 * The program as it is called: commands, exit codes, signals, and the training of the AOT cache.
 */
package io.harborgateway.cli;
