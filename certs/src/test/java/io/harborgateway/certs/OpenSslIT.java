package io.harborgateway.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is issued here, openssl accepts; what openssl writes, is read here. */
class OpenSslIT {
  private static final String NAME = "guid.harbor.example.com";

  @TempDir Path folder;
  private final Instant now = Instant.now();
  private OpenSsl openssl = new OpenSsl(Path.of("."));

  @BeforeEach
  void inTheFolder() {
    openssl = new OpenSsl(folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC"})
  void opensslVerifiesWhatIsIssued(String algorithm) throws Exception {
    KeyType keyType = algorithm.equals("RSA") ? KeyType.RSA_2048 : KeyType.EC_P256;
    var authority = CertificateAuthority.create("throw-away CA", keyType, now, Duration.ofDays(10));
    authority.write(folder.resolve("ca.crt"), folder.resolve("ca.key"), OverwriteMode.REFUSE);
    InstanceCertificate issued = authority.issue(request(keyType));
    issued.write(folder.resolve("i.crt"), folder.resolve("i.key"), OverwriteMode.REFUSE);

    assertThat(verify(NAME, "-CAfile", "ca.crt").output()).contains("i.crt: OK");
    assertThat(verify("x.wild.example.com", "-CAfile", "ca.crt").status()).isZero();
    OpenSsl.Result other = verify("y.x.wild.example.com", "-CAfile", "ca.crt");
    assertThat(other.status()).isNotZero();
    assertThat(other.output()).containsIgnoringCase("hostname mismatch");

    assertThat(openssl.run("x509", "-in", "i.crt", "-noout", "-fingerprint", "-sha256"))
        .isEqualToIgnoringCase("sha256 Fingerprint=" + issued.sha256Fingerprint() + "\n");
    assertThat(openssl.run("x509", "-in", "i.crt", "-noout", "-text"))
        .contains("DNS:" + NAME, "DNS:*.wild.example.com", "IP Address:10.0.0.1")
        .contains("TLS Web Server Authentication", "X509v3 Authority Key Identifier");
    assertThat(openssl.run("pkey", "-in", "i.key", "-check", "-noout")).contains("Key is valid");
    assertThat(openssl.run("pkey", "-in", "i.key", "-pubout"))
        .isEqualTo(openssl.run("x509", "-in", "i.crt", "-noout", "-pubkey"));
  }

  @Test
  void opensslComputesTheSamePin() throws Exception {
    InstanceCertificate issued = issueFor(KeyType.EC_P256);
    issued.write(folder.resolve("i.crt"), folder.resolve("i.key"), OverwriteMode.REFUSE);
    openssl.run("pkey", "-in", "i.key", "-pubout", "-outform", "DER", "-out", "public.der");
    openssl.run("dgst", "-sha256", "-binary", "-out", "digest", "public.der");
    byte[] digest = Files.readAllBytes(folder.resolve("digest"));
    assertThat(Pin.of(issued.leaf()))
        .hasToString("sha256/" + Base64.getEncoder().encodeToString(digest));
  }

  @Test
  void issuesByAnIntermediateAuthorityOfOpenssl() throws Exception {
    openssl.run(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "root.key",
        "-out",
        "root.crt",
        "-subj",
        "/O=Routers/CN=root",
        "-days",
        "30",
        "-addext",
        "keyUsage=critical,keyCertSign");
    openssl.run(
        "req",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "middle.key",
        "-out",
        "middle.csr",
        "-subj",
        "/O=Routers/CN=middle");
    Files.writeString(
        folder.resolve("ext"),
        """
        basicConstraints=critical,CA:TRUE
        keyUsage=critical,keyCertSign
        # Not the SHA-1 of the key: a CA is free to choose (RFC 5280 section 4.2.1.2).
        subjectKeyIdentifier=01020304
        authorityKeyIdentifier=keyid
        """);
    openssl.run(
        "x509",
        "-req",
        "-in",
        "middle.csr",
        "-CA",
        "root.crt",
        "-CAkey",
        "root.key",
        "-set_serial",
        "7",
        "-days",
        "20",
        "-extfile",
        "ext",
        "-out",
        "middle.crt");

    InstanceCertificate issued =
        CertificateAuthority.load(folder.resolve("middle.crt"), folder.resolve("middle.key"), null)
            .issue(request(KeyType.RSA_2048));
    issued.write(folder.resolve("i.crt"), folder.resolve("i.key"), OverwriteMode.REFUSE);
    assertThat(issued.chain()).hasSize(2);
    assertThat(new CertificateCheck(List.of(NAME), Instant.now()).problems(issued)).isEmpty();
    assertThat(verify(NAME, "-CAfile", "root.crt", "-untrusted", "i.crt").output())
        .contains("i.crt: OK");
  }

  @Test
  void readsTheKeysThatOpensslWrites() throws Exception {
    openssl.run("genrsa", "-traditional", "-out", "pkcs1.key", "2048");
    openssl.run("ecparam", "-name", "prime256v1", "-genkey", "-out", "sec1.key");
    openssl.run("genpkey", "-algorithm", "ed25519", "-out", "ed25519.key");
    openssl.run("pkcs8", "-topk8", "-nocrypt", "-in", "sec1.key", "-out", "pkcs8.key");
    assertThat(firstLine("pkcs1.key")).isEqualTo("-----BEGIN RSA PRIVATE KEY-----");
    assertThat(firstLine("sec1.key")).isEqualTo("-----BEGIN EC PARAMETERS-----");
    for (String file : List.of("pkcs1.key", "sec1.key", "ed25519.key", "pkcs8.key")) {
      openssl.run(
          "req",
          "-x509",
          "-key",
          file,
          "-out",
          "self.crt",
          "-subj",
          "/CN=a.test",
          "-addext",
          "basicConstraints=critical,CA:FALSE",
          "-addext",
          "subjectAltName=DNS:a.test");
      InstanceCertificate selfSigned =
          InstanceCertificate.load(folder.resolve("self.crt"), folder.resolve(file));
      var problems =
          assertThat(new CertificateCheck(List.of("a.test"), Instant.now()).problems(selfSigned))
              .as(file);
      if (file.equals("ed25519.key")) { // read, but no key for TLS
        problems
            .singleElement()
            .satisfies(found -> assertThat(found.message()).contains("Ed25519 key"));
      } else {
        problems.isEmpty();
      }
    }
  }

  @Test
  void refusesTheEncryptedKeysThatOpensslWrites() throws Exception {
    openssl.run("genrsa", "-traditional", "-aes256", "-passout", "pass:abcd", "-out", "old.key");
    openssl.run("genpkey", "-algorithm", "RSA", "-aes256", "-pass", "pass:abcd", "-out", "new.key");
    for (String file : List.of("old.key", "new.key")) {
      assertThatThrownBy(() -> Pem.privateKey(folder.resolve(file)))
          .isInstanceOf(CertificateProblem.class)
          .hasMessageContaining("encrypted private key (expected: its passphrase-file, too");
    }
  }

  @Test
  void readsAndWritesEncryptedKeysAsOpensslDoes() throws Exception {
    openssl.run("genrsa", "-out", "plain.key", "2048");
    Path passphrase = Files.writeString(folder.resolve("passphrase"), "abcd\nignored\n");
    Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-------"));
    List<String[]> ways =
        List.of(
            new String[] {"-v2", "aes-256-cbc"},
            new String[] {"-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA512"},
            new String[] {"-v2", "aes-256-cbc", "-iter", "1000"});
    for (String[] way : ways) {
      var command = new ArrayList<>(List.of("pkcs8", "-topk8", "-in", "plain.key"));
      command.addAll(List.of("-passout", "pass:abcd", "-out", "encrypted.key"));
      command.addAll(List.of(way));
      openssl.run(command.toArray(String[]::new));
      assertThat(Pem.privateKey(folder.resolve("encrypted.key"), SecretFile.passphrase(passphrase)))
          .isEqualTo(Pem.privateKey(folder.resolve("plain.key")));
      assertThatThrownBy(
              () -> Pem.privateKey(folder.resolve("encrypted.key"), "abce".toCharArray()))
          .hasMessageContaining("the passphrase does not open it");
    }
    CertificateAuthority.create("CA", KeyType.EC_P256, now, Duration.ofDays(1))
        .write(
            folder.resolve("ca.crt"), folder.resolve("ca.key"), passphrase, OverwriteMode.REFUSE);
    assertThat(openssl.run("pkey", "-in", "ca.key", "-passin", "pass:abcd", "-pubout"))
        .isEqualTo(openssl.run("x509", "-in", "ca.crt", "-noout", "-pubkey"));
  }

  private OpenSsl.Result verify(String hostName, String... trust) throws Exception {
    var arguments = new ArrayList<String>(List.of("verify", "-x509_strict"));
    arguments.addAll(List.of("-purpose", "sslserver", "-verify_hostname", hostName));
    arguments.addAll(List.of(trust));
    arguments.add("i.crt");
    return openssl.execute(arguments.toArray(String[]::new));
  }

  private String firstLine(String file) throws Exception {
    return Files.readAllLines(folder.resolve(file)).getFirst();
  }

  private InstanceCertificate issueFor(KeyType keyType) throws CertificateProblem {
    return CertificateAuthority.create("CA", KeyType.EC_P256, now, Duration.ofDays(10))
        .issue(request(keyType));
  }

  private IssueRequest request(KeyType keyType) throws CertificateProblem {
    return new IssueRequest(
        List.of(DnsName.parse(NAME), DnsName.parse("*.wild.example.com")),
        List.of(InetAddress.ofLiteral("10.0.0.1")),
        keyType,
        now,
        Duration.ofDays(5));
  }
}
