package io.harborgateway.issue;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.config.values.InstanceGuid;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Issues the certificates of instances, or has them issued. Blocks; thread-safe. */
public interface Issuer extends AutoCloseable {
  /** None can be issued, whichever the instance. */
  final class UnusableException extends Exception {
    private static final long serialVersionUID = 1;

    /**
     * @param cause a {@link CertificateProblem}, or whatever says it in an operator's terms
     */
    public UnusableException(Exception cause) {
      super(cause.getMessage(), cause);
    }

    /**
     * @param message {@code where: found (expected …)}
     */
    public UnusableException(String message, Exception cause) {
      super(message, cause);
    }
  }

  /** None can be issued for an instance now. */
  final class PutOffException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient @Nullable Instant notBefore;

    /**
     * @param message for the operator
     */
    public PutOffException(String message, @Nullable Instant notBefore, @Nullable Exception cause) {
      super(message, cause);
      this.notBefore = notBefore;
    }

    /** Until when not to try again; null: nobody has said. */
    public @Nullable Instant notBefore() {
      return notBefore;
    }
  }

  /**
   * A certificate with the reason for which it was issued.
   *
   * @param reason what was wrong with the one before
   */
  record Issued(InstanceCertificate certificate, String reason) {}

  /**
   * Who signs.
   *
   * @param name the CA's subject, or its address
   * @param end when it ends, and no certificate later; null: not known
   */
  record Authority(String name, @Nullable Instant end) {}

  /** Whether the other would do the same. */
  boolean isSame(Issuer other);

  IssuePolicy policy();

  /** How long to wait after an attempt. */
  IssuePauses pauses();

  /** The folder in which the certificates are. */
  Path directory();

  /** Returns where the certificate of an instance is, or will be. */
  default IssuedPair pair(InstanceGuid guid) {
    return new IssuedPair(directory(), guid);
  }

  /**
   * Returns who signs, without asking anybody outside of this machine.
   *
   * @throws UnusableException if what this machine needs for it can't be used
   */
  Authority authority() throws UnusableException;

  /**
   * Has a certificate issued and stored, if the one that is there can't be used, or if it is due.
   *
   * @param names the names that it must cover
   * @param challenges where to show that the names lead here
   * @return null: the one that is there stays
   * @throws UnusableException if none can be issued at all
   * @throws CertificateProblem if none can be issued for these names
   * @throws PutOffException if none can be issued for these names now
   */
  @Nullable Issued renew(InstanceGuid guid, List<String> names, Instant now, Challenges challenges)
      throws UnusableException, CertificateProblem, PutOffException;

  /** Gives up what waits for others. */
  @Override
  void close();
}
