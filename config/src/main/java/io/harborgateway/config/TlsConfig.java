package io.harborgateway.config;

import io.harborgateway.config.meta.Default;
import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.ReadableFile;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.config.values.TlsProfile;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TLS with clients, on every {@code https} listener. Which names the native library knows is
 * checked when the configuration is read; an empty list leaves the choice to the profile.
 */
@Doc("TLS with clients, on every `https` listener.")
public record TlsConfig(
    @Doc(
            "`modern` is TLS 1.3 only; `intermediate` is TLS 1.2 as well, with forward secrecy and"
                + " authenticated encryption only; `compatible` adds suites with CBC and with RSA key"
                + " exchange.")
        @Default("intermediate")
        TlsProfile profile,
    @Doc(
            "Versions in place of those of the profile, without a gap: `TLSv1.2`, `TLSv1.3`. `TLSv1`"
                + " and `TLSv1.1` exist, and are warned about (RFC 8996).")
        @Default("[]")
        List<String> versions,
    @Doc(
            "Suites of TLS 1.2 in place of those of the profile, the preferred first, by their IANA"
                + " names, such as `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`. The three suites of TLS"
                + " 1.3 are always there.")
        @Default("[]")
        List<String> suites,
    @Doc(
            "Groups of the key exchange in place of `X25519MLKEM768`, `X25519`, `P-256`, `P-384`, the"
                + " preferred first.")
        @Default("[]")
        List<String> groups,
    @Doc(
            "Files with the keys of session tickets, for nodes that resume each other's sessions: the"
                + " first encrypts, all decrypt. Each has 80 bytes, or 48, as nginx takes them. They"
                + " are noticed when they change. Not written: each node has keys of its own.")
        @Default("[]")
        @ReadableFile
        List<Path> sessionTicketKeys,
    @Doc(
            "The GUID of the instance whose certificate clients get that send no server name, or one"
                + " that no instance has. Not written: the only instance; with several, such a"
                + " handshake fails with handshake_failure.")
        @Nullable InstanceGuid defaultInstance) {

  public TlsConfig {
    versions = List.copyOf(versions);
    suites = List.copyOf(suites);
    groups = List.copyOf(groups);
    sessionTicketKeys = List.copyOf(sessionTicketKeys);
  }
}
