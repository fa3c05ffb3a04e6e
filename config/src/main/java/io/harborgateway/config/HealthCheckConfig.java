package io.harborgateway.config;

import io.harborgateway.config.meta.Default;
import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.Format;
import io.harborgateway.config.meta.NotEmpty;
import io.harborgateway.config.meta.Range;
import io.harborgateway.config.meta.TextFormat;
import io.harborgateway.config.values.HealthCheckKind;
import io.harborgateway.config.values.HostName;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the gateway checks whether an upstream answers. */
@Doc(
    "How it is found out whether the upstream answers. While it does not, no route to it is announced.")
public record HealthCheckConfig(
    @Doc(
            "`connect` makes a connection, with TLS where the upstream speaks it; `http` asks for"
                + " `path` as well. `auto` is `http` where the upstream speaks TLS, as Harbor's nginx"
                + " does on 443, else `connect`.")
        @Default("auto")
        HealthCheckKind kind,
    @Doc(
            "What is asked for by GET. Should depend on this node's own containers only: a check that"
                + " fails with a shared database makes all nodes withdraw at once.")
        @Default("/v2/")
        @Format(TextFormat.PATH)
        String path,
    @Doc("The `Host` that is asked for. Not written: the base name of the first instance.")
        @Nullable HostName host,
    @Doc("The status codes of an upstream that works. Harbor answers 401 without credentials.")
        @Default("[200, 401]")
        @NotEmpty
        @Range(min = "100", max = "599")
        List<Integer> statuses,
    @Doc(
            "From the end of a check to the next. A quarter of it while a change is being confirmed,"
                + " 150ms at most while nobody listens. The default withdraws an nginx that hangs"
                + " within 3s.")
        @Default("1s")
        @Range(min = "50ms", max = "10m")
        Duration interval,
    @Doc(
            "How long one check may take in all. One that takes four times as long as lately, and 750ms"
                + " at least, counts as failed before, unless its answer comes while the next is made.")
        @Default("5s")
        @Range(min = "50ms", max = "5m")
        Duration timeout,
    @Doc(
            "How many checks in a row must succeed before an upstream that was down is up again. One is"
                + " enough where it was down only because nobody listened.")
        @Default("2")
        @Range(min = "1", max = "100")
        int rise,
    @Doc(
            "How many checks in a row must fail before an upstream that was up is down. A refused"
                + " connection counts at once: nobody listens there.")
        @Default("2")
        @Range(min = "1", max = "100")
        int fall,
    @Doc(
            "The longest that an upstream which flaps must succeed before it is up again: 2s after two"
                + " falls within a minute, twice as long for each further one, up to this. `0s`: no"
                + " longer than `rise` says.")
        @Default("60s")
        @Range(min = "0s", max = "10m")
        Duration damping) {

  public HealthCheckConfig {
    statuses = List.copyOf(statuses);
  }
}
