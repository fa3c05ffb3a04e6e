package io.harborgateway.snapshot;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.ClientTrust;
import io.harborgateway.certs.Pem;
import io.harborgateway.certs.RevocationList;
import io.harborgateway.config.ClientAuthConfig;
import io.harborgateway.config.binding.ConfigSource;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.values.ClientAuthMode;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.tls.ClientAuth;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Reads the files of what is demanded of clients. On a refresh, a section with a problem keeps what
 * it demanded before. Blocks.
 */
final class ClientAuthReader {
  private final ClientAuths previous;
  private final boolean isRefresh;
  private final Instant now;
  private final List<Problem> sourceProblems;
  private final List<Problem> warnings;
  private final Map<ClientAuthConfig, ClientAuth> bySection = new HashMap<>();
  private final Map<InstanceGuid, ClientAuth> byInstance = new HashMap<>();

  /**
   * @param sourceProblems receives problems of sections that keep what they demanded
   * @param warnings receives what works, but not as well as it looks
   */
  ClientAuthReader(
      ClientAuths previous,
      boolean isRefresh,
      Instant now,
      List<Problem> sourceProblems,
      List<Problem> warnings) {
    this.previous = previous;
    this.isRefresh = isRefresh;
    this.now = now;
    this.sourceProblems = sourceProblems;
    this.warnings = warnings;
  }

  /** Returns what was read. */
  ClientAuths result() {
    return bySection.isEmpty() ? ClientAuths.NONE : new ClientAuths(bySection, byInstance);
  }

  /** Reads the section of an instance; null: it has none. */
  void readOwn(
      InstanceGuid instance,
      @Nullable ClientAuthConfig section,
      ConfigSource written,
      String path,
      List<Problem> reported) {
    read(section, written, path, reported);
    ClientAuth read = section == null ? null : bySection.get(section);
    if (read != null) {
      byInstance.put(instance, read);
    }
  }

  /**
   * Reads a section, if there is one.
   *
   * @param written places of the keys
   * @param reported receives the problems because of which it can't be used
   */
  void read(
      @Nullable ClientAuthConfig section,
      ConfigSource written,
      String path,
      List<Problem> reported) {
    if (section == null || bySection.containsKey(section)) {
      return;
    }
    List<Problem> found = new ArrayList<>();
    List<X509Certificate> authorities = authorities(section, written, path, found);
    List<RevocationList> lists = lists(section, authorities, written, path, found);
    ClientAuth before = previous.of(section);
    if (found.isEmpty()) {
      var read =
          new ClientAuth(
              new ClientTrust(
                  authorities,
                  lists,
                  section.subjects().stream().map(X500Principal::new).toList(),
                  section.sans()),
              section.mode() == ClientAuthMode.REQUIRE);
      bySection.put(section, read.equals(before) ? before : read);
      addWarnings(authorities, lists, section, written, path);
      return;
    }
    if (before != null) {
      bySection.put(section, before);
    }
    (isRefresh && before != null ? sourceProblems : reported).addAll(found);
  }

  private static List<X509Certificate> authorities(
      ClientAuthConfig section, ConfigSource written, String path, List<Problem> found) {
    List<X509Certificate> authorities = new ArrayList<>();
    for (Path file : section.clientCa()) {
      try {
        Certificates.requireFile(file);
        for (X509Certificate each : Pem.certificates(file)) {
          if (each.getBasicConstraints() < 0) {
            String name = each.getSubjectX500Principal().getName();
            throw new CertificateProblem(file + ": " + name + " is no CA (expected: CAs only)");
          }
          authorities.add(each);
        }
      } catch (CertificateProblem e) {
        found.add(written.problem(path + ".client-ca", String.valueOf(e.getMessage()), ""));
      }
    }
    return authorities;
  }

  private static List<RevocationList> lists(
      ClientAuthConfig section,
      List<X509Certificate> authorities,
      ConfigSource written,
      String path,
      List<Problem> found) {
    List<RevocationList> lists = new ArrayList<>();
    for (Path file : section.crl()) {
      try {
        Certificates.requireFile(file);
        lists.addAll(RevocationList.load(file, authorities));
      } catch (CertificateProblem e) {
        found.add(written.problem(path + ".crl", String.valueOf(e.getMessage()), ""));
      }
    }
    return lists;
  }

  private void addWarnings(
      List<X509Certificate> authorities,
      List<RevocationList> lists,
      ClientAuthConfig section,
      ConfigSource written,
      String path) {
    for (X509Certificate each : authorities) {
      String name = each.getSubjectX500Principal().getName();
      if (each.getNotAfter().toInstant().isBefore(now)) {
        String found = name + " has ended at " + each.getNotAfter().toInstant();
        warnings.add(written.problem(path + ".client-ca", found, "a CA that is valid now"));
      }
      if (!section.crl().isEmpty() && lists.stream().noneMatch(list -> list.isOf(each))) {
        String found = "none of " + name;
        String expected = "one of each CA: its certificates are not checked";
        warnings.add(written.problem(path + ".crl", found, expected));
      }
    }
    for (RevocationList list : lists) {
      if (list.isOutdated(now)) {
        String found =
            "that of %s is outdated since %s".formatted(list.issuer(), list.nextUpdate());
        warnings.add(written.problem(path + ".crl", found, "a newer one"));
      }
    }
  }
}
