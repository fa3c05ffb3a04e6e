/** The command line: commands, exit codes, signals, and the training of the AOT cache. */
package io.harborgateway.cli;
