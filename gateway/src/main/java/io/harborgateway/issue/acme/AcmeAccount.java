package io.harborgateway.issue.acme;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.config.AcmeAccountBindingConfig;
import io.harborgateway.config.AcmeConfig;
import java.security.KeyPair;
import java.util.Locale;
import org.shredzone.acme4j.AccountBuilder;
import org.shredzone.acme4j.Login;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.exception.AcmeException;

/** The connection to the server while something is asked of it. Blocks. */
final class AcmeAccount implements AutoCloseable {
  private final AcmeConfig config;
  private final KeyPair key;
  private final AcmeHttp http;

  /**
   * Connects nothing yet.
   *
   * @throws CertificateProblem if a file that it needs can't be used
   */
  AcmeAccount(AcmeConfig config) throws CertificateProblem {
    this.config = config;
    this.key = AccountKey.of(config.accountKey());
    this.http = new AcmeHttp(config.ca());
  }

  /**
   * Finds the account, or makes it: one key has one account (RFC 8555 section 7.3.1).
   *
   * @throws AcmeException if the server refuses it, or can't be reached
   */
  Login login() throws AcmeException {
    Session session = new Session(config.url(), http);
    session.setLocale(Locale.ENGLISH);
    session.networkSettings().setCompressionEnabled(false);
    AccountBuilder account = new AccountBuilder().agreeToTermsOfService().useKeyPair(key);
    if (config.email() != null) {
      account.addEmail(config.email());
    }
    AcmeAccountBindingConfig binding = config.externalAccount();
    if (binding != null) {
      account.withKeyIdentifier(binding.keyId(), binding.macKey().value());
    }
    return account.createLogin(session);
  }

  /** Ends requests in progress. For any thread. */
  @Override
  public void close() {
    http.close();
  }
}
