package io.harborgateway.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A throw-away CA and the certificates it issues, as PEM files made by openssl, and the JDK's TLS
 * contexts that go with them.
 */
public final class TestCertificates {
  private static final char[] NO_PASSWORD = {};

  private final Path folder;
  private final Issued ca;
  private final AtomicInteger issued = new AtomicInteger();

  /** The algorithm of a key: ECDSA on P-256, or RSA with 2048 bits. */
  public enum KeyAlgorithm {
    EC("-algorithm EC -pkeyopt ec_paramgen_curve:P-256"),
    RSA("-algorithm RSA -pkeyopt rsa_keygen_bits:2048");

    private final String genpkeyOptions;

    KeyAlgorithm(String genpkeyOptions) {
      this.genpkeyOptions = genpkeyOptions;
    }
  }

  /**
   * A certificate and its key, each in a PEM file.
   *
   * @param key PKCS#8, not encrypted
   */
  public record Issued(Path certificate, Path key, KeyAlgorithm algorithm) {}

  private TestCertificates(Path folder, Issued ca) {
    this.folder = folder;
    this.ca = ca;
  }

  /**
   * Makes a CA.
   *
   * @param folder where all files go
   */
  public static TestCertificates in(Path folder) {
    Path settings =
        write(
            folder.resolve("openssl.cnf"),
            """
            [req]
            distinguished_name = name
            x509_extensions = ca
            [name]
            [ca]
            basicConstraints = critical,CA:TRUE
            keyUsage = critical,keyCertSign,cRLSign
            subjectKeyIdentifier = hash
            """);
    Path key = newKey(folder.resolve("ca.key.pem"), KeyAlgorithm.EC);
    Path certificate = folder.resolve("ca.pem");
    openssl(
        "req -x509 -new -days 30 -subj /CN=test-ca",
        Map.of("-config", settings, "-key", key, "-out", certificate));
    return new TestCertificates(folder, new Issued(certificate, key, KeyAlgorithm.EC));
  }

  /** The CA's own certificate. */
  public Path ca() {
    return ca.certificate();
  }

  /** Issues a certificate on P-256 for DNS names, for servers and for clients. */
  public Issued issue(String... names) {
    return issue(KeyAlgorithm.EC, names);
  }

  /** Issues a certificate for DNS names, for servers and for clients; valid for 10 days. */
  public Issued issue(KeyAlgorithm algorithm, String... names) {
    return issue(
        algorithm,
        algorithm.genpkeyOptions,
        10,
        """
        basicConstraints = critical,CA:FALSE
        extendedKeyUsage = serverAuth,clientAuth
        subjectAltName = DNS:%s
        """
            .formatted(String.join(",DNS:", names)));
  }

  /**
   * Issues any certificate, for tests of what can't be used.
   *
   * @param key for example {@code Ed25519}, {@code RSA-PSS}, or {@code EC:} and the name of a curve
   * @param days of validity from now on; negative: it has ended
   * @param extensions lines of x509v3_config
   */
  public Issued issue(String key, int days, String extensions) {
    String options =
        key.startsWith("EC:")
            ? "-algorithm EC -pkeyopt ec_paramgen_curve:" + key.substring(3)
            : "-algorithm " + key;
    return issue(KeyAlgorithm.EC, options, days, extensions);
  }

  /**
   * Makes an authority below this one.
   *
   * @param folder where all files go; another one's than this one's
   * @param extensions of its certificate, lines of x509v3_config
   */
  public TestCertificates intermediate(Path folder, String extensions) {
    var own = issue(KeyAlgorithm.EC, KeyAlgorithm.EC.genpkeyOptions, 20, extensions);
    write(folder.resolve("openssl.cnf"), "[req]\ndistinguished_name = name\n[name]\n");
    return new TestCertificates(folder, own);
  }

  private Issued issue(KeyAlgorithm algorithm, String keyOptions, int days, String extensions) {
    String prefix = "issued-" + issued.incrementAndGet();
    Path key = folder.resolve(prefix + ".key.pem");
    openssl("genpkey " + keyOptions, Map.of("-out", key));
    Path request = folder.resolve(prefix + ".csr.pem");
    Path certificate = folder.resolve(prefix + ".pem");
    Path settings = write(folder.resolve(prefix + ".cnf"), extensions);
    openssl(
        "req -new -subj /CN=instance",
        Map.of("-config", folder.resolve("openssl.cnf"), "-key", key, "-out", request));
    openssl(
        "x509 -req -CAcreateserial -days " + days,
        Map.of(
            "-in", request,
            "-CA", ca.certificate(),
            "-CAkey", ca.key(),
            "-extfile", settings,
            "-out", certificate));
    return new Issued(certificate, key, algorithm);
  }

  /**
   * Writes the CA's revocation list.
   *
   * @param options of {@code openssl ca -gencrl}, such as {@code -crldays 1}
   */
  public void revoke(Path file, String options, Issued... revoked) {
    var index = new StringBuilder();
    for (Issued each : revoked) {
      index
          .append("R\t400101000000Z\t260101000000Z\t")
          .append(serial(each))
          .append("\tunknown\t/CN=instance\n");
    }
    Path database = write(folder.resolve("index-" + issued.incrementAndGet()), index.toString());
    Path settings =
        write(
            folder.resolve(database.getFileName() + ".cnf"),
            "[ca]\ndefault_ca = own\n[own]\ndatabase = %s\ndefault_md = sha256\n"
                .formatted(database));
    openssl(
        "ca -gencrl " + options,
        Map.of("-config", settings, "-cert", ca.certificate(), "-keyfile", ca.key(), "-out", file));
  }

  private static String serial(Issued issued) {
    try {
      var serial = ((X509Certificate) read(issued.certificate())).getSerialNumber();
      String hex = serial.toString(16).toUpperCase(Locale.ROOT);
      return hex.length() % 2 == 0 ? hex : "0" + hex;
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A client's context: trusts this CA only, presents no certificate. */
  public SSLContext trusting() {
    return context(new KeyManager[0]);
  }

  /** A context that presents a certificate (as a server or as a client) and trusts this CA only. */
  public SSLContext presenting(Issued identity) {
    try {
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      Certificate[] chain = {read(identity.certificate()), read(ca.certificate())};
      store.setKeyEntry("identity", readKey(identity), NO_PASSWORD, chain);
      var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, NO_PASSWORD);
      return context(factory.getKeyManagers());
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }

  private SSLContext context(KeyManager[] keys) {
    try {
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("ca", read(ca.certificate()));
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      var context = SSLContext.getInstance("TLS");
      context.init(keys, factory.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Certificate read(Path file) throws GeneralSecurityException, IOException {
    try (var in = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private static PrivateKey readKey(Issued identity) throws GeneralSecurityException, IOException {
    String base64 = Files.readString(identity.key()).replaceAll("-----[A-Z ]+-----", "");
    var encoded = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64));
    return KeyFactory.getInstance(identity.algorithm().name()).generatePrivate(encoded);
  }

  private static Path newKey(Path file, KeyAlgorithm algorithm) {
    openssl("genpkey " + algorithm.genpkeyOptions, Map.of("-out", file));
    return file;
  }

  private static Path write(Path file, String text) {
    try {
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void openssl(String options, Map<String, Path> files) {
    var command = new ArrayList<String>();
    command.add(PeerBinary.require("openssl", "openssl").toString());
    command.addAll(List.of(options.split(" ")));
    files.forEach((option, file) -> command.addAll(List.of(option, file.toString())));
    Command.run(command).succeeded();
  }
}
