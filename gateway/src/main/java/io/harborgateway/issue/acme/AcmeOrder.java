package io.harborgateway.issue.acme;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.config.values.AcmeChallenge;
import io.harborgateway.issue.Challenges;
import io.harborgateway.issue.Issuer.PutOffException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.shredzone.acme4j.Authorization;
import org.shredzone.acme4j.Login;
import org.shredzone.acme4j.Order;
import org.shredzone.acme4j.PollableResource;
import org.shredzone.acme4j.Status;
import org.shredzone.acme4j.challenge.Challenge;
import org.shredzone.acme4j.challenge.Http01Challenge;
import org.shredzone.acme4j.challenge.TlsAlpn01Challenge;
import org.shredzone.acme4j.exception.AcmeException;

/**
 * One order, from the authorizations of its names to the certificate (RFC 8555 section 7.4). May be
 * taken up again after the server could not be reached. Blocks; confined to one thread.
 */
final class AcmeOrder {
  /** For each of the server's decisions. */
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** Between two questions, unless the server says otherwise. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** Whatever the server says: some speak of a day, and are done in a minute. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

  private static final Set<Status> DECIDED = Set.of(Status.VALID, Status.INVALID);
  private static final Set<Status> READY = Set.of(Status.READY, Status.VALID, Status.INVALID);
  private static final Set<Status> OPEN = Set.of(Status.PENDING, Status.PROCESSING);

  private final Order order;
  private final KeyPair key;
  private final AcmeChallenge kind;
  private final Challenges challenges;
  private final CountDownLatch closed;

  /**
   * @param key of the certificate
   * @param closed no more than this is waited for
   */
  AcmeOrder(
      Order order, KeyPair key, AcmeChallenge kind, Challenges challenges, CountDownLatch closed) {
    this.order = order;
    this.key = key;
    this.kind = kind;
    this.challenges = challenges;
    this.closed = closed;
  }

  /** Returns the order of these names, placing it now. */
  static Order placed(Login login, List<String> names) throws AcmeException {
    return login.newOrder().domains(names).create();
  }

  /**
   * Goes on with the order until there is a certificate.
   *
   * @throws AcmeException if the server refuses something, or can't be reached
   * @throws PutOffException if a name could not be shown to lead here, or it takes too long
   */
  InstanceCertificate certificate()
      throws AcmeException, CertificateProblem, PutOffException, InterruptedException {
    if (order.getStatus() == Status.PENDING) {
      for (Authorization authorization : order.getAuthorizations()) {
        authorize(authorization);
      }
      await(order, READY, "the order is not ready");
    }
    if (order.getStatus() == Status.READY) {
      order.execute(key);
    }
    await(order, DECIDED, "the certificate is not issued");
    if (order.getStatus() == Status.INVALID) {
      throw new PutOffException(
          "the order has failed: " + order.getError().map(Object::toString).orElse("no reason"),
          null,
          null);
    }
    return InstanceCertificate.of(order.getCertificate().getCertificateChain(), key.getPrivate());
  }

  private void authorize(Authorization authorization)
      throws AcmeException, CertificateProblem, PutOffException, InterruptedException {
    if (authorization.getStatus() == Status.VALID) {
      return; // shown before, and remembered
    }
    String name = authorization.getIdentifier().getDomain();
    Challenge challenge =
        authorization
            .<Challenge>findChallenge(
                kind == AcmeChallenge.HTTP_01 ? Http01Challenge.TYPE : TlsAlpn01Challenge.TYPE)
            .orElse(null);
    if (challenge == null) {
      throw new PutOffException(
          name + ": the server does not offer the challenge " + kind, null, null);
    }
    try (Challenges.Shown _ = show(authorization, challenge, name)) {
      if (challenge.getStatus() == Status.PENDING) {
        challenge.trigger();
      }
      await(authorization, DECIDED, name + " is not verified");
    }
    if (authorization.getStatus() != Status.VALID) {
      throw new PutOffException(
          name + ": not verified: " + reason(authorization, challenge), null, null);
    }
  }

  /** What the authorization says is newer than the challenge that was taken from it before. */
  private static String reason(Authorization authorization, Challenge challenge) {
    return authorization.getChallenges().stream()
        .filter(each -> each.getLocation().equals(challenge.getLocation()))
        .flatMap(each -> each.getError().stream())
        .map(Object::toString)
        .findFirst()
        .orElse("no reason");
  }

  private Challenges.Shown show(Authorization authorization, Challenge challenge, String name)
      throws CertificateProblem, PutOffException {
    if (challenge instanceof Http01Challenge http) {
      return challenges.answer(http.getToken(), http.getAuthorization());
    }
    try {
      KeyPair pair = newKey("RSA"); // the library signs with no other
      var certificate =
          ((TlsAlpn01Challenge) challenge).createCertificate(pair, authorization.getIdentifier());
      return challenges.present(
          name, InstanceCertificate.of(List.of(certificate), pair.getPrivate()));
    } catch (IOException e) {
      throw new PutOffException(name + ": the challenge can't be shown: " + e, null, e);
    }
  }

  static KeyPair newKey(String algorithm) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(algorithm.equals("EC") ? 256 : 2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no " + algorithm + " in this JDK", e);
    }
  }

  private void await(PollableResource resource, Set<Status> ends, String otherwise)
      throws AcmeException, PutOffException, InterruptedException {
    Instant limit = Instant.now().plus(LIMIT);
    while (!ends.contains(resource.getStatus())) {
      Instant next = resource.fetch().orElse(null);
      if (ends.contains(resource.getStatus())) {
        return;
      }
      if (!OPEN.contains(resource.getStatus())) {
        throw new PutOffException(otherwise + ": " + resource.getStatus(), null, null);
      }
      Instant now = Instant.now();
      Duration asked = next == null ? PAUSE : Duration.between(now, next);
      Duration pause =
          asked.compareTo(PAUSE) < 0
              ? PAUSE
              : asked.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : asked;
      if (now.plus(pause).isAfter(limit)) {
        throw new PutOffException(otherwise + " after " + LIMIT.toSeconds() + " s", null, null);
      }
      if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new PutOffException("the gateway stops", null, null);
      }
    }
  }

  @Override
  public String toString() {
    return Objects.toString(order.getLocation());
  }
}
