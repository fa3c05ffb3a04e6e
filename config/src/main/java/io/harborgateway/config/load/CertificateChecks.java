package io.harborgateway.config.load;

import io.harborgateway.config.binding.Problems;
import io.harborgateway.config.binding.Section;
import java.util.List;

/** Checks that each certificate is in one form, and that each instance has one. */
final class CertificateChecks {
  static final String EXPECTED = "chain and key, or a certs section that finds them";

  private CertificateChecks() {}

  /** Whether instances can do without certificates of their own. */
  static boolean findsOthers(Section root) {
    Section certs = root.section("certs");
    return root.isBroken("certs") || (certs != null && certs.isSet("directory"));
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
