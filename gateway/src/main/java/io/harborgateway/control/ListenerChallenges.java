package io.harborgateway.control;

import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.http.ChallengeFiles;
import io.harborgateway.issue.Challenges;
import io.harborgateway.tls.ChallengeContexts;
import javax.net.ssl.SSLException;

/** Shows challenges on all listeners. */
record ListenerChallenges(ChallengeFiles files, ChallengeContexts contexts) implements Challenges {
  @Override
  public Shown answer(String token, String content) {
    files.put(token, content);
    return () -> files.remove(token);
  }

  @Override
  public Shown present(String name, InstanceCertificate certificate) throws SSLException {
    contexts.put(name, certificate);
    return () -> contexts.remove(name);
  }
}
