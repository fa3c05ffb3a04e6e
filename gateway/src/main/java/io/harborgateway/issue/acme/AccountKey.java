package io.harborgateway.issue.acme;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.Pem;
import io.harborgateway.certs.SecretFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import org.bouncycastle.jcajce.provider.asymmetric.util.EC5Util;

/** The file with the key of an ACME account: who has it can have certificates revoked. */
final class AccountKey {
  private static final String MODE = "rw-------";

  private AccountKey() {}

  /**
   * Reads the key, making one first if there is no file. A file that is there is never written.
   *
   * @throws CertificateProblem if it can't be used, or not be made
   */
  static KeyPair of(Path file) throws CertificateProblem {
    if (!Files.exists(file)) {
      make(file);
    }
    return read(file);
  }

  /**
   * Returns normally if the key can be used, or made.
   *
   * @throws CertificateProblem if a file is there that can't be used
   */
  static void requireUsable(Path file) throws CertificateProblem {
    if (Files.exists(file)) {
      read(file);
    }
  }

  private static KeyPair read(Path file) throws CertificateProblem {
    SecretFile.requirePrivate(file);
    PrivateKey key = Pem.privateKey(file);
    try {
      return new KeyPair(publicKey(file, key), key);
    } catch (GeneralSecurityException e) {
      throw new CertificateProblem(file + ": " + e.getMessage() + " (expected: a private key)");
    }
  }

  /** The file of a key has the private half only. */
  private static PublicKey publicKey(Path file, PrivateKey key)
      throws GeneralSecurityException, CertificateProblem {
    if (key instanceof ECPrivateKey ec) {
      var point = EC5Util.convertSpec(ec.getParams()).getG().multiply(ec.getS()).normalize();
      return KeyFactory.getInstance("EC")
          .generatePublic(new ECPublicKeySpec(EC5Util.convertPoint(point), ec.getParams()));
    }
    if (key instanceof RSAPrivateCrtKey rsa) {
      return KeyFactory.getInstance("RSA")
          .generatePublic(new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent()));
    }
    throw new CertificateProblem(file + ": " + key.getAlgorithm() + " (expected: EC or RSA)");
  }

  private static void make(Path file) throws CertificateProblem {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1")); // all servers have to take it
      write(file, Pem.text(generator.generateKeyPair().getPrivate()));
    } catch (FileAlreadyExistsException e) {
      return; // somebody else was quicker: theirs is as good
    } catch (IOException e) {
      throw new CertificateProblem(
          "%s: cannot be written: %s (expected: a writable directory)".formatted(file, e));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no P-256 in this JDK", e);
    }
  }

  /** Complete and on the disk before it has its name. */
  private static void write(Path file, String text) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException("a directory");
    }
    Files.createDirectories(folder);
    Path temporary =
        Files.createTempFile(
            folder,
            "." + file.getFileName(),
            ".tmp",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(MODE)));
    try {
      try (var channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(US_ASCII));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(temporary, file);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
