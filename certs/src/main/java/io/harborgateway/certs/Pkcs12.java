package io.harborgateway.certs;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A certificate with its key as PKCS#12 (RFC 7292), with every cipher that the JDK knows. */
final class Pkcs12 {
  private Pkcs12() {}

  /**
   * Reads the one key of a file, and its chain.
   *
   * @param passphraseFile null: the file is not encrypted, or with the empty passphrase
   * @throws CertificateProblem if a file cannot be read, the passphrase is wrong, or there is not
   *     exactly one key
   */
  static InstanceCertificate load(Path file, @Nullable Path passphraseFile)
      throws CertificateProblem {
    byte[] content = InputFile.read(file, "a PKCS#12 file");
    char[] passphrase = passphraseFile == null ? new char[0] : SecretFile.firstLine(passphraseFile);
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(new ByteArrayInputStream(content), passphrase);
      String alias = onlyKey(store, file);
      Certificate[] chain = store.getCertificateChain(alias);
      if (chain == null) {
        throw new CertificateProblem(file + ": a key without a certificate (expected: both)");
      }
      List<X509Certificate> certificates = new ArrayList<>();
      for (Certificate certificate : chain) {
        certificates.add((X509Certificate) certificate);
      }
      return InstanceCertificate.of(certificates, (PrivateKey) store.getKey(alias, passphrase));
    } catch (IOException e) {
      throw e.getCause() instanceof UnrecoverableKeyException
          ? wrongPassphrase(file, passphraseFile, e)
          : malformed(file, e);
    } catch (UnrecoverableKeyException e) {
      throw wrongPassphrase(file, passphraseFile, e);
    } catch (GeneralSecurityException | ClassCastException e) {
      throw malformed(file, e);
    }
  }

  private static CertificateProblem wrongPassphrase(
      Path file, @Nullable Path passphraseFile, Exception cause) {
    String found = passphraseFile == null ? "needs a passphrase" : "not of this passphrase";
    return new CertificateProblem(
        "%s: %s (expected: passphrase-file, with its passphrase)".formatted(file, found), cause);
  }

  private static CertificateProblem malformed(Path file, Exception cause) {
    return new CertificateProblem(
        "%s: malformed or unsupported (expected: a PKCS#12 file)".formatted(file), cause);
  }

  private static String onlyKey(KeyStore store, Path file)
      throws GeneralSecurityException, CertificateProblem {
    List<String> aliases = new ArrayList<>();
    for (String alias : Collections.list(store.aliases())) {
      if (store.isKeyEntry(alias)) {
        aliases.add(alias);
      }
    }
    if (aliases.size() != 1) {
      throw new CertificateProblem(
          "%s: %d private keys (expected: one)".formatted(file, aliases.size()));
    }
    return aliases.getFirst();
  }
}
