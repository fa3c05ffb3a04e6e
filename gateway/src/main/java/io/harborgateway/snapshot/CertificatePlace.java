package io.harborgateway.snapshot;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.CertificateSet;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.config.CertificateFilesConfig;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.issue.IssuedPair;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the certificates of an instance are. Equal places have equal files. */
public sealed interface CertificatePlace {
  /** Returns the files that determine the certificates, whether or not they exist. */
  List<Path> files();

  /**
   * Reads the certificates. Blocks.
   *
   * @throws CertificateProblem if they can't be read, or are not in regular files
   */
  CertificateSet read() throws CertificateProblem;

  /** Files named in the configuration. */
  record Named(CertificateFilesConfig main, @Nullable CertificateFilesConfig alternative)
      implements CertificatePlace {
    @Override
    public List<Path> files() {
      List<Path> files = new ArrayList<>(main.files());
      if (alternative != null) {
        files.addAll(alternative.files());
      }
      return files;
    }

    @Override
    public CertificateSet read() throws CertificateProblem {
      return CertificateSet.of(load(main), alternative == null ? null : load(alternative));
    }
  }

  /** Files in a folder that are named after the instance's GUID, in one of several forms. */
  record ByGuid(Path folder, InstanceGuid guid) implements CertificatePlace {
    @Override
    public List<Path> files() {
      List<Path> files = new ArrayList<>();
      forms().forEach(form -> files.addAll(form.files()));
      files.addAll(ecdsa().files());
      return files.stream().distinct().toList();
    }

    /** Whether there is any. */
    boolean exists() {
      return forms().stream().anyMatch(ByGuid::exists);
    }

    @Override
    public CertificateSet read() throws CertificateProblem {
      for (CertificateFilesConfig form : forms()) {
        if (exists(form)) {
          CertificateFilesConfig ecdsa = ecdsa();
          return CertificateSet.of(
              load(withoutMissing(form)), exists(ecdsa) ? load(withoutMissing(ecdsa)) : null);
        }
      }
      throw new CertificateProblem(
          "%s: no certificate (expected: %s.crt and %s.key, or another form of certs.directory)"
              .formatted(folder, guid, guid));
    }

    private List<CertificateFilesConfig> forms() {
      Path own = folder.resolve(guid.value());
      return List.of(
          new CertificateFilesConfig(file(".crt"), file(".key"), null, null, file(".ocsp")),
          new CertificateFilesConfig(file(".pem"), null, null, null, file(".ocsp")),
          new CertificateFilesConfig(null, null, file(".p12"), file(".pass"), file(".ocsp")),
          new CertificateFilesConfig(own.resolve("tls.crt"), own.resolve("tls.key")),
          new CertificateFilesConfig(own.resolve("fullchain.pem"), own.resolve("privkey.pem")));
    }

    private CertificateFilesConfig ecdsa() {
      return new CertificateFilesConfig(
          file(".ecdsa.crt"), file(".ecdsa.key"), null, null, file(".ecdsa.ocsp"));
    }

    private Path file(String end) {
      return folder.resolve(guid.value() + end);
    }

    private static boolean exists(CertificateFilesConfig form) {
      return Files.exists(form.files().getFirst());
    }

    /** Without a file of its own the key is in that of the chain, and PKCS#12 not encrypted. */
    private static CertificateFilesConfig withoutMissing(CertificateFilesConfig form) {
      return new CertificateFilesConfig(
          form.chain(),
          ifPresent(form.key()),
          form.pkcs12(),
          ifPresent(form.passphraseFile()),
          ifPresent(form.ocspStaple()));
    }

    private static @Nullable Path ifPresent(@Nullable Path file) {
      return file != null && Files.exists(file) ? file : null;
    }
  }

  /**
   * Files of the gateway's own, which may not be there yet.
   *
   * @param given a place that comes first while there is something; null: none
   */
  record Issued(IssuedPair pair, @Nullable ByGuid given) implements CertificatePlace {
    @Override
    public List<Path> files() {
      List<Path> files = new ArrayList<>(pair.files());
      if (given != null) {
        files.addAll(given.files());
      }
      return files.stream().distinct().toList();
    }

    /** Whether the instance's certificate is the gateway's own now. Blocks for some stat(2). */
    boolean isOwn() {
      return given == null || !given.exists();
    }

    @Override
    public CertificateSet read() throws CertificateProblem {
      if (given != null && !isOwn()) {
        return given.read();
      }
      for (Path file : pair.files()) {
        Certificates.requireFile(file);
      }
      return CertificateSet.of(pair.read());
    }
  }

  private static InstanceCertificate load(CertificateFilesConfig files) throws CertificateProblem {
    InstanceCertificate certificate = loadAlone(files);
    return files.ocspStaple() == null ? certificate : certificate.stapled(files.ocspStaple());
  }

  private static InstanceCertificate loadAlone(CertificateFilesConfig files)
      throws CertificateProblem {
    for (Path file : files.files()) {
      if (!file.equals(files.ocspStaple())) {
        Certificates.requireFile(file);
      }
    }
    Path chain = files.chain();
    if (chain != null) {
      Path key = files.key() == null ? chain : files.key();
      return InstanceCertificate.load(chain, key, files.passphraseFile());
    }
    if (files.pkcs12() != null) {
      return InstanceCertificate.loadPkcs12(files.pkcs12(), files.passphraseFile());
    }
    throw new IllegalArgumentException("neither chain nor pkcs12");
  }
}
