package io.harborgateway.http;

import io.harborgateway.http.head.RequestHead;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files that an ACME server fetches to see that a name leads here (RFC 8555 section 8.3). While
 * there are none, a request costs one look at this. Thread-safe.
 */
public final class ChallengeFiles {
  private static final String FOLDER = "/.well-known/acme-challenge/";

  private volatile Map<String, String> files = Map.of();

  /**
   * Adds a file.
   *
   * @param token its name, of the base64url alphabet
   * @param content ASCII
   */
  public synchronized void put(String token, String content) {
    Map<String, String> next = new HashMap<>(files);
    next.put(token, content);
    files = Map.copyOf(next);
  }

  public synchronized void remove(String token) {
    Map<String, String> next = new HashMap<>(files);
    next.remove(token);
    files = Map.copyOf(next);
  }

  /** Returns the content that the request asks for, or null. */
  @Nullable String find(RequestHead head) {
    Map<String, String> now = files;
    if (now.isEmpty() || !(head.methodIs("GET") || head.isHead())) {
      return null;
    }
    String token = head.restBelow(FOLDER);
    return token == null ? null : now.get(token);
  }
}
