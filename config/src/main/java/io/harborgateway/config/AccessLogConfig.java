package io.harborgateway.config;

import io.harborgateway.config.meta.Default;
import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.Range;
import io.harborgateway.config.values.AccessLogFormat;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The access log: one line for each exchange, written by a dedicated thread. */
@Doc("One line for each exchange, written by a thread of its own.")
public record AccessLogConfig(
    @Doc("`off`, `combined` (like httpd and nginx, which most tools read) or `json`.")
        @Default("combined")
        AccessLogFormat format,
    @Doc("The file that is appended to. Not written: standard output.") @Nullable Path file,
    @Doc(
            "Lines that wait to be written. When the queue is full, lines are dropped and counted:"
                + " traffic never waits for the log. The default is about a second of a busy node.")
        @Default("8192")
        @Range(min = "16", max = "1048576")
        int queueSize) {}
