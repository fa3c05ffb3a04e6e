package io.harborgateway.config;

import io.harborgateway.config.meta.Default;
import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.values.LogFormat;
import io.harborgateway.config.values.LogLevel;

/** What is logged, and how. */
@Doc("What is logged, and how.")
public record LoggingConfig(
    @Doc("`text` for people, `json` for log collectors.") @Default("text") LogFormat format,
    @Doc("The least severity that is logged.") @Default("info") LogLevel level,
    @Doc("One line for each exchange.") @Default("{}") AccessLogConfig accessLog) {}
