package io.harborgateway.config.load;

import io.harborgateway.config.AcmeConfig;
import io.harborgateway.config.binding.Problems;
import io.harborgateway.config.binding.Section;
import io.harborgateway.config.values.AcmeChallenge;
import io.harborgateway.config.values.Durations;
import io.harborgateway.config.values.Protocol;
import io.harborgateway.config.values.TextRules;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** Checks that each certificate is in one form, and that each instance has one. */
final class CertificateChecks {
  static final String EXPECTED = "chain and key, or a certs section that finds them";

  /** The part of a certificate's life that is left when it is renewed, unless configured. */
  private static final int USUAL_PART = 3;

  private CertificateChecks() {}

  /** Whether the instance can do without a certificate of its own. */
  static boolean findsOther(Section root, Section instance) {
    Section certs = root.section("certs");
    return root.isBroken("certs")
        || (certs != null && (certs.isSet("directory") || certs.isSet("issuer")))
        || (certs != null && certs.isSet("acme") && instance.isSet("public-host"));
  }

  /** Checks the sections that instances without certificates of their own go by. */
  static void checkSources(Section root, Problems problems) {
    Section certs = root.section("certs");
    Section issuer = certs == null ? null : certs.section("issuer");
    Section catalogue = root.section("catalogue");
    if (catalogue != null
        && !catalogue.isSet("certificates")
        && issuer == null
        && !root.isBroken("certs")) {
      String expected = "a folder, or certs.issuer";
      problems.add(catalogue.path("certificates"), "missing", expected);
    }
    Duration validity = issuer == null ? null : issuer.value("validity", Duration.class);
    Duration before = issuer == null ? null : issuer.value("renew-before", Duration.class);
    if (issuer != null && validity != null && before != null && before.compareTo(validity) >= 0) {
      String expected = "less than validity, " + Durations.text(validity);
      problems.add(issuer.path("renew-before"), Durations.text(before), expected);
    } else if (issuer != null && validity != null) {
      checkGuard(root, issuer, before == null ? validity.dividedBy(USUAL_PART) : before, problems);
    }
    Section acme = certs == null ? null : certs.section("acme");
    if (acme != null) {
      checkAcme(root, acme, issuer != null, problems);
    }
  }

  /** A certificate that is renewed later would be withdrawn each time. */
  private static void checkGuard(Section root, Section issuer, Duration before, Problems problems) {
    Section registration = root.section("registration");
    Duration guard =
        registration == null ? null : registration.value("certificate-guard", Duration.class);
    if (guard != null && before.compareTo(guard) <= 0) {
      String key = issuer.isSet("renew-before") ? "renew-before" : "validity";
      problems.add(
          issuer.path(key),
          "renewed %s before the end".formatted(Durations.text(before)),
          "before registration.certificate-guard, %s, withdraws it"
              .formatted(Durations.text(guard)));
    }
  }

  private static void checkAcme(
      Section root, Section acme, boolean isBesideIssuer, Problems problems) {
    if (isBesideIssuer) {
      problems.add(acme.path(), "acme and issuer", "one of the two");
    }
    Duration before = acme.value("renew-before", Duration.class);
    if (before != null) {
      checkGuard(root, acme, before, problems);
    }
    if (Boolean.FALSE.equals(acme.value("agree-to-terms", Boolean.class))) {
      String expected = "true: servers issue only to those who agree to their terms of service";
      problems.add(acme.path("agree-to-terms"), "false", expected);
    }
    List<Protocol> listeners =
        root.sections("listeners").stream()
            .map(listener -> listener.value("protocol", Protocol.class))
            .filter(Objects::nonNull)
            .toList();
    AcmeChallenge challenge = acme.value("challenge", AcmeChallenge.class);
    if (challenge != null && !listeners.contains(AcmeConfig.protocol(challenge))) {
      String name = TextRules.kebab(challenge.name());
      String expected = "a challenge for which there is a listener";
      problems.add(acme.path("challenge"), name, expected);
    } else if (!listeners.contains(Protocol.HTTP) && !listeners.contains(Protocol.HTTPS)) {
      problems.add(acme.path(), "acme without a listener", "one with protocol http or https");
    }
  }

  static void run(Section instance, Problems problems) {
    for (String key : List.of("certificate", "alternative-certificate")) {
      Section files = instance.section(key);
      if (files != null) {
        checkForm(files, problems);
      }
    }
    if (instance.isSet("alternative-certificate") && !instance.isSet("certificate")) {
      String found = "alternative-certificate without certificate";
      problems.add(instance.path("alternative-certificate"), found, "both, or only certificate");
    }
  }

  private static void checkForm(Section files, Problems problems) {
    boolean isPem = files.isSet("chain");
    boolean isPkcs12 = files.isSet("pkcs12");
    if (isPem && isPkcs12) {
      problems.add(files.path("pkcs12"), "pkcs12 and chain", "one of the two");
    } else if (!isPem && !isPkcs12) {
      problems.add(files.path("chain"), "missing", "a path; or pkcs12");
    } else if (isPkcs12 && files.isSet("key")) {
      problems.add(files.path("key"), "pkcs12 and key", "pkcs12 alone: it has both");
    }
  }
}
