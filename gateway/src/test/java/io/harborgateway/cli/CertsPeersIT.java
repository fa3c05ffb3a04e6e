package io.harborgateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.control.TestGateway;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.FreePorts;
import io.harborgateway.testkit.LongForm;
import io.harborgateway.testkit.OpensslClient;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.PeerBinary;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the {@code certs} commands issue, openssl and Go verify by their own rules. */
class CertsPeersIT {
  private static final String GUID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
  private static final String NAME = GUID + ".registry.test";

  /** Verifies as gorouter does; its standard library looks at no subject's CN. */
  private static final String GO_PROGRAM =
      """
      package main

      import (
      	"crypto/x509"
      	"encoding/pem"
      	"fmt"
      	"os"
      )

      func certificates(file string) (all []*x509.Certificate) {
      	text, _ := os.ReadFile(file)
      	for {
      		var block *pem.Block
      		if block, text = pem.Decode(text); block == nil {
      			return
      		}
      		certificate, err := x509.ParseCertificate(block.Bytes)
      		if err != nil {
      			fmt.Println(err)
      			os.Exit(1)
      		}
      		all = append(all, certificate)
      	}
      }

      func main() {
      	chain := certificates(os.Args[2])
      	options := x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), DNSName: os.Args[3]}
      	options.Roots.AddCert(certificates(os.Args[1])[0])
      	for _, intermediate := range chain[1:] {
      		options.Intermediates.AddCert(intermediate)
      	}
      	if _, err := chain[0].Verify(options); err != nil {
      		fmt.Println(err)
      		os.Exit(1)
      	}
      	fmt.Println("verified")
      }
      """;

  @TempDir private Path folder;

  private void issue(String keyType) {
    certs("ca", "--out=" + folder.resolve("root"), "--path-length=1", "--key-type=" + keyType);
    certs(
        "ca",
        "--out=" + folder.resolve("middle"),
        "--name=middle",
        "--days=100",
        "--key-type=" + keyType,
        "--issuer-cert=" + folder.resolve("root/ca.crt"),
        "--issuer-key=" + folder.resolve("root/ca.key"));
    certs(
        "issue",
        "--ca-cert=" + folder.resolve("middle/ca.crt"),
        "--ca-key=" + folder.resolve("middle/ca.key"),
        "--out=" + folder,
        "--guid=" + GUID,
        "--domain=registry.test",
        "--route=images",
        "--key-type=" + keyType,
        "--client-auth",
        "--days=30");
  }

  private static void certs(String... arguments) {
    var out = new StringWriter();
    int exitCode =
        new CommandLine(new CertsCommand())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(out))
            .execute(arguments);
    assertThat(exitCode).as(out.toString()).isZero();
  }

  private Path root() {
    return folder.resolve("root/ca.crt");
  }

  private Path chain() {
    return folder.resolve(GUID + ".crt");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rsa", "ec"})
  void opensslVerifiesTheChainStrictly(String keyType) {
    issue(keyType);
    for (String purpose : List.of("sslserver", "sslclient")) {
      for (String name : List.of(NAME, GUID + ".images.registry.test")) {
        assertThat(verify(purpose, name).succeeded().stdout()).contains(": OK");
      }
    }
    Command.Result other = verify("sslserver", "other.registry.test");
    assertThat(other.exitCode()).isNotZero();
    assertThat(other.stderr()).containsIgnoringCase("hostname mismatch");
  }

  private Command.Result verify(String purpose, String name) {
    return Command.run(
        List.of(
            PeerBinary.require("openssl", "openssl").toString(),
            "verify",
            "-x509_strict",
            "-purpose",
            purpose,
            "-verify_hostname",
            name,
            "-CAfile",
            root().toString(),
            "-untrusted",
            chain().toString(),
            chain().toString()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rsa", "ec"})
  void aClientOfTheGatewayVerifiesIt(String keyType) {
    issue(keyType);
    int port = FreePorts.loopback(1).getFirst();
    try (var origin = Origin.start(Behaviours.acceptUploads());
        var gateway =
            TestGateway.start(
                folder,
                """
                instances:
                  - guid: %1$s
                    domain: registry.test
                    additional-routes: [images]
                    certificate: {chain: %1$s.crt, key: %1$s.key}
                listeners:
                  - {name: https, address: 127.0.0.1, port: %2$d, protocol: https, upstream: {address: "127.0.0.1:%3$d"}}
                admin: {port: 0, socket: admin.sock}
                """
                    .formatted(GUID, port, origin.port()))) {
      for (String version : List.of("-tls1_2", "-tls1_3")) {
        Command.Result result =
            OpensslClient.run(
                gateway.address("https"),
                "",
                version,
                "-servername",
                NAME,
                "-verify_hostname",
                GUID + ".images.registry.test",
                "-CAfile",
                root().toString(),
                "-x509_strict",
                "-verify_return_error");
        assertThat(result.succeeded().stdout()).contains("Verify return code: 0 (ok)");
      }
    }
  }

  static boolean isLong() {
    return LongForm.or(false, true);
  }

  /** Only in long runs: Go's toolchain has 300 MB. */
  @Test
  @EnabledIf("isLong")
  void goVerifiesIt() throws Exception {
    Path go = PeerBinary.require("go", "golang-go");
    Path source = Files.writeString(folder.resolve("verify.go"), GO_PROGRAM);
    Path program = folder.resolve("verify");
    Command.run(
            List.of(
                "env",
                "GOCACHE=" + folder.resolve("go-cache"),
                go.toString(),
                "build",
                "-o",
                program.toString(),
                source.toString()))
        .succeeded();
    issue("rsa");
    List<String> command =
        new ArrayList<>(List.of(program.toString(), root().toString(), chain().toString()));
    assertThat(Command.run(with(command, NAME)).succeeded().stdout()).isEqualTo("verified\n");
    assertThat(Command.run(with(command, GUID + ".images.registry.test")).exitCode()).isZero();
    assertThat(Command.run(with(command, "other.registry.test")).stdout())
        .contains("certificate is valid for " + NAME);
  }

  private static List<String> with(List<String> command, String name) {
    List<String> all = new ArrayList<>(command);
    all.add(name);
    return all;
  }
}
