package io.harborgateway.issue;

import io.harborgateway.certs.InstanceCertificate;
import java.io.IOException;

/** Shows to whom it may concern that a name leads to this gateway. Thread-safe. */
public interface Challenges {
  /** Something that is shown until it is closed. */
  interface Shown extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Answers requests for a file in the clear (RFC 8555 section 8.3).
   *
   * @param token the file's name
   * @param content its content
   */
  Shown answer(String token, String content);

  /**
   * Presents a certificate in handshakes for {@code acme-tls/1} (RFC 8737).
   *
   * @param name the server name for which it is presented
   * @throws IOException if it can't be presented
   */
  Shown present(String name, InstanceCertificate certificate) throws IOException;
}
