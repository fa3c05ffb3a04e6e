package io.harborgateway.snapshot;

import io.harborgateway.certs.CertificateCheck;
import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.config.CertificateFilesConfig;
import io.harborgateway.config.values.IllegalValueException;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.route.Instance;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The folder of {@code certs.directory} as it is now: finds the certificates of an instance by its
 * GUID, otherwise by its names. Blocks; not thread-safe.
 */
final class CertificateFolder {
  /** Most files that are read for the names in their certificates. */
  static final int MOST_BY_NAME = 1_000;

  private final Path folder;
  private final Instant now;

  /** Read only for an instance that is not found by its GUID. */
  private @Nullable ByName byName;

  CertificateFolder(Path folder, Instant now) {
    this.folder = folder;
    this.now = now;
  }

  /** Returns the files that are named after the instance's GUID, whether or not there are any. */
  CertificatePlace.ByGuid byGuid(Instance instance) {
    return new CertificatePlace.ByGuid(folder, instance.guid());
  }

  /** Returns other files whose certificate has all names of the instance; null: there are none. */
  @Nullable CertificatePlace byName(Instance instance) {
    if (byName == null) {
      byName = new ByName(folder, now);
    }
    return byName.place(instance);
  }

  /** The files that are not named after a GUID, by the names in their certificates. */
  private static final class ByName {
    private final Map<InstanceCertificate, CertificateFilesConfig> files = new HashMap<>();

    /** By each name that they have; a wildcard is one. */
    private final Map<String, List<InstanceCertificate>> certificates = new HashMap<>();

    ByName(Path folder, Instant now) {
      for (Path file : files(folder)) {
        Path key = file.resolveSibling(stem(file) + ".key");
        var pair =
            new CertificateFilesConfig(file, Files.exists(key) ? key : null, null, null, null);
        InstanceCertificate certificate = usable(pair, now);
        if (certificate != null && files.putIfAbsent(certificate, pair) == null) {
          certificate
              .names()
              .forEach(name ->
                  certificates.computeIfAbsent(name, first -> new ArrayList<>(1)).add(certificate));
        }
      }
    }

    /** Null if it can't be used: anything may be in the folder. */
    private static @Nullable InstanceCertificate usable(CertificateFilesConfig pair, Instant now) {
      try {
        InstanceCertificate certificate = new CertificatePlace.Named(pair, null).read().main();
        var check = new CertificateCheck(List.of(), now, Duration.ZERO);
        return check.problems(certificate).isEmpty() ? certificate : null;
      } catch (CertificateProblem e) {
        return null;
      }
    }

    /** Of those that have all names the one of each algorithm that ends last; null: none has. */
    @Nullable CertificatePlace place(Instance instance) {
      String name = instance.host();
      List<InstanceCertificate> candidates =
          new ArrayList<>(certificates.getOrDefault(name, List.of()));
      String wildcard = "*" + name.substring(Math.max(0, name.indexOf('.')));
      candidates.addAll(certificates.getOrDefault(wildcard, List.of()));
      candidates.removeIf(each -> !instance.hostNames().stream().allMatch(each::covers));
      candidates.sort(
          Comparator.comparing(InstanceCertificate::notAfter)
              .reversed()
              .thenComparing(each -> String.valueOf(files.get(each))));
      List<CertificateFilesConfig> found = new ArrayList<>();
      for (boolean isEc : new boolean[] {false, true}) {
        candidates.stream()
            .filter(each -> each.keyType().isEc() == isEc)
            .findFirst()
            .ifPresent(each -> found.add(files.get(each)));
      }
      return found.isEmpty()
          ? null
          : new CertificatePlace.Named(found.getFirst(), found.size() > 1 ? found.get(1) : null);
    }

    private static List<Path> files(Path folder) {
      List<Path> files = new ArrayList<>();
      try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, "*.{crt,pem}")) {
        for (Path file : all) {
          if (!isOfGuid(file)) {
            files.add(file);
          }
          if (files.size() == MOST_BY_NAME) {
            break;
          }
        }
      } catch (IOException | DirectoryIteratorException e) {
        return List.of(); // each instance then says that it has no certificate in the folder
      }
      files.sort(null);
      return files;
    }

    private static boolean isOfGuid(Path file) {
      String name = file.getFileName().toString();
      try {
        InstanceGuid.of(name.substring(0, name.indexOf('.')));
        return true;
      } catch (IllegalValueException e) {
        return false;
      }
    }

    private static String stem(Path file) {
      String name = file.getFileName().toString();
      return name.substring(0, name.lastIndexOf('.'));
    }
  }
}
