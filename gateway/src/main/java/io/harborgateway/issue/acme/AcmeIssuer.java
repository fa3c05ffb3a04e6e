package io.harborgateway.issue.acme;

import io.harborgateway.certs.CertificateCheck;
import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.Finding;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.certs.OverwriteMode;
import io.harborgateway.config.AcmeConfig;
import io.harborgateway.config.values.AcmeChallenge;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.config.values.KeyAlgorithm;
import io.harborgateway.issue.Challenges;
import io.harborgateway.issue.IssuePauses;
import io.harborgateway.issue.IssuePolicy;
import io.harborgateway.issue.IssuedPair;
import io.harborgateway.issue.Issuer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.Login;
import org.shredzone.acme4j.Order;
import org.shredzone.acme4j.Problem;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.exception.AcmeLazyLoadingException;
import org.shredzone.acme4j.exception.AcmeNetworkException;
import org.shredzone.acme4j.exception.AcmeProtocolException;
import org.shredzone.acme4j.exception.AcmeRateLimitedException;
import org.shredzone.acme4j.exception.AcmeServerException;
import org.shredzone.acme4j.exception.AcmeUserActionRequiredException;

/**
 * Orders certificates from the ACME server of {@code certs.acme}, one at a time. What reaches the
 * server and is refused is put off for minutes, since servers count it; what does not reach it may
 * be tried again at once. Blocks for minutes; thread-safe.
 */
public final class AcmeIssuer implements Issuer {
  /**
   * Five failures of a name in the first hour, then one each hour: Let's Encrypt takes five in an
   * hour.
   */
  private static final IssuePauses PAUSES =
      new IssuePauses(Duration.ofMinutes(2), Duration.ofHours(1));

  /** Far above any chain with its key. */
  private static final int LARGEST_PAIR_BYTES = 64 << 10;

  private final AcmeConfig config;
  private final AcmeChallenge challenge;
  private final IssuePolicy policy;
  private final CountDownLatch closed = new CountDownLatch(1);

  /** The account while something is asked. */
  private volatile @Nullable AcmeAccount account;

  /**
   * An order that has not come to an end.
   *
   * @param url its address at the server
   * @param key of the certificate
   */
  private record Unfinished(List<String> names, URL url, KeyPair key) {}

  /** Confined by the lock. */
  private final Map<InstanceGuid, Unfinished> unfinished = new HashMap<>();

  /**
   * Reads nothing yet.
   *
   * @param challenge the one that a listener answers
   */
  public AcmeIssuer(AcmeConfig config, AcmeChallenge challenge) {
    this.config = config;
    this.challenge = challenge;
    this.policy = new IssuePolicy(null, config.renewBefore());
  }

  @Override
  public boolean isSame(Issuer other) {
    return other instanceof AcmeIssuer acme
        && config.equals(acme.config)
        && challenge == acme.challenge;
  }

  @Override
  public IssuePolicy policy() {
    return policy;
  }

  @Override
  public IssuePauses pauses() {
    return PAUSES;
  }

  @Override
  public Path directory() {
    return config.directory();
  }

  @Override
  public Authority authority() throws UnusableException {
    try {
      AccountKey.requireUsable(config.accountKey());
      return new Authority(config.url().toString(), null);
    } catch (CertificateProblem e) {
      throw new UnusableException(e);
    }
  }

  @Override
  public synchronized @Nullable Issued renew(
      InstanceGuid guid, List<String> names, Instant now, Challenges challenges)
      throws UnusableException, CertificateProblem, PutOffException {
    IssuedPair pair = pair(guid);
    IssuedPair.Present present = pair.present(names, now);
    InstanceCertificate usable = present.usable();
    String reason =
        usable == null || !policy.isDue(usable, guid.value(), now)
            ? present.problem()
            : policy.gain(usable, now, null);
    if (reason == null) {
      return null;
    }
    requireRoom();
    InstanceCertificate issued = ordered(guid, names, challenges);
    Instant then = Instant.now();
    List<Finding> problems = new CertificateCheck(names, then, Duration.ZERO).problems(issued);
    if (!problems.isEmpty()) {
      if (!issued.validity(then).from().isAfter(then)) { // that only time heals
        unfinished.remove(guid);
      }
      throw new CertificateProblem("not taken: " + problems.getFirst().message());
    }
    try {
      issued.write(pair.chain(), pair.key(), OverwriteMode.REPLACE);
    } catch (CertificateProblem e) {
      throw new UnusableException(e);
    }
    unfinished.remove(guid);
    return new Issued(issued, reason);
  }

  /** What is issued and can't be stored counts at the server all the same, after each restart. */
  private void requireRoom() throws UnusableException {
    Path folder = config.directory();
    try {
      Files.createDirectories(folder);
      Path file = Files.createTempFile(folder, ".room", ".tmp");
      try {
        Files.write(file, new byte[LARGEST_PAIR_BYTES]);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UnusableException(
          "%s: cannot be written: %s (expected: a writable directory with some space)"
              .formatted(folder, e),
          e);
    }
  }

  private InstanceCertificate ordered(InstanceGuid guid, List<String> names, Challenges challenges)
      throws UnusableException, CertificateProblem, PutOffException {
    try (AcmeAccount used = opened()) {
      account = used;
      if (closed.getCount() == 0) {
        throw new UnusableException(new IllegalStateException("the gateway stops"));
      }
      Login login = used.login();
      Unfinished begun = unfinished.get(guid);
      if (begun == null || !begun.names().equals(names)) {
        Order placed = AcmeOrder.placed(login, names);
        String algorithm = config.keyType() == KeyAlgorithm.RSA ? "RSA" : "EC";
        begun = new Unfinished(names, placed.getLocation(), AcmeOrder.newKey(algorithm));
        unfinished.put(guid, begun);
      }
      return new AcmeOrder(login.bindOrder(begun.url()), begun.key(), challenge, challenges, closed)
          .certificate();
    } catch (AcmeException e) {
      throw failed(guid, e);
    } catch (AcmeLazyLoadingException e) {
      throw failed(guid, e.getCause() instanceof AcmeException cause ? cause : unexpected(e));
    } catch (IllegalArgumentException | IllegalStateException | AcmeProtocolException e) {
      throw failed(guid, unexpected(e)); // an answer that the library can't read
    } catch (CertificateProblem e) {
      unfinished.remove(guid);
      throw e;
    } catch (PutOffException e) {
      unfinished.remove(guid);
      throw new PutOffException(at(e.getMessage()), e.notBefore(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PutOffException(at("interrupted"), null, e);
    } finally {
      account = null;
    }
  }

  private static AcmeException unexpected(RuntimeException e) {
    return new AcmeException(description(e), e);
  }

  private AcmeAccount opened() throws UnusableException {
    try {
      return new AcmeAccount(config);
    } catch (CertificateProblem e) {
      throw new UnusableException(e);
    } catch (UncheckedIOException e) { // the file of a secret
      throw new UnusableException(e);
    }
  }

  /** Returns what to say, and how soon to try again. */
  private PutOffException failed(InstanceGuid guid, AcmeException failure)
      throws UnusableException {
    if (failure instanceof AcmeNetworkException) {
      // The order goes on when the server is back.
      Throwable cause = failure.getCause();
      throw new UnusableException(at(description(cause == null ? failure : cause)), failure);
    }
    unfinished.remove(guid);
    if (failure instanceof AcmeRateLimitedException limited) {
      return new PutOffException(
          at("rate limit: " + limited.getProblem()), limited.getRetryAfter().orElse(null), failure);
    }
    if (failure instanceof AcmeUserActionRequiredException asked) {
      String where =
          asked
              .getProblem()
              .getInstance()
              .or(asked::getTermsOfServiceUri)
              .map(uri -> ", see " + uri)
              .orElse("");
      return new PutOffException(at(asked.getProblem() + where), null, failure);
    }
    if (failure instanceof AcmeServerException refused) {
      Problem problem = refused.getProblem();
      return new PutOffException(at(problem + " (" + problem.getType() + ")"), null, failure);
    }
    return new PutOffException(at(String.valueOf(failure.getMessage())), null, failure);
  }

  private String at(@Nullable String message) {
    return config.url().getHost() + ": " + message;
  }

  /** The outermost says what failed, the innermost why; a ConnectException says neither. */
  private static String description(Throwable failure) {
    String text = failure.getClass().getSimpleName();
    if (failure.getMessage() != null) {
      text += ": " + failure.getMessage();
    }
    Throwable innermost = failure;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    String inner = innermost.getMessage();
    return inner == null || text.contains(inner) ? text : text + " (" + inner + ")";
  }

  @Override
  public void close() {
    closed.countDown();
    AcmeAccount used = account;
    if (used != null) {
      used.close();
    }
  }
}
