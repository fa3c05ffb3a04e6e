/** The program's log and the access log: layouts, files, and queues that never wait. */
package io.harborgateway.logging;
