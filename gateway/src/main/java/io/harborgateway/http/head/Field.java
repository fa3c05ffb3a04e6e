package io.harborgateway.http.head;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The field names that the gateway acts on, recognized once while a head is parsed. */
public enum Field {
  CONNECTION("connection"),
  CONTENT_LENGTH("content-length"),
  DATE("date"),
  EXPECT("expect"),
  FORWARDED("forwarded"),
  HOST("host"),
  HTTP2_SETTINGS("http2-settings"),
  KEEP_ALIVE("keep-alive"),
  MAX_FORWARDS("max-forwards"),
  PROXY_AUTHENTICATE("proxy-authenticate"),
  PROXY_AUTHORIZATION("proxy-authorization"),
  PROXY_CONNECTION("proxy-connection"),
  TE("te"),
  TRAILER("trailer"),
  TRANSFER_ENCODING("transfer-encoding"),
  UPGRADE("upgrade"),
  USER_AGENT("user-agent"),
  REFERER("referer"),
  /** Also with underscores, which what is behind the upstream may take for the same. */
  X_FORWARDED_CLIENT_CERT("x-forwarded-client-cert"),
  X_FORWARDED_FOR("x-forwarded-for"),
  X_FORWARDED_HOST("x-forwarded-host"),
  X_FORWARDED_PROTO("x-forwarded-proto"),
  /** Any other name that begins with {@code x-forwarded-}. */
  X_FORWARDED_OTHER(null),
  X_REAL_IP("x-real-ip"),
  X_REQUEST_ID("x-request-id"),
  X_VCAP_REQUEST_ID("x-vcap-request-id");

  private static final byte[] X_FORWARDED = "x-forwarded-".getBytes(StandardCharsets.US_ASCII);
  private static final int MAX_LENGTH = 32;
  private static final Field[][] BY_LENGTH = new Field[MAX_LENGTH][];

  static {
    for (int length = 0; length < MAX_LENGTH; length++) {
      int n = length;
      BY_LENGTH[length] =
          Arrays.stream(values())
              .filter(field -> field.lowerCase != null && field.lowerCase.length() == n)
              .toArray(Field[]::new);
    }
  }

  private final @Nullable String lowerCase;

  Field(@Nullable String lowerCase) {
    this.lowerCase = lowerCase;
  }

  /** Returns the field of the name at {@code [start, end)}, case-insensitively, or null. */
  static @Nullable Field of(byte[] octets, int start, int end) {
    int length = end - start;
    if (length >= MAX_LENGTH) {
      return startsWithXForwarded(octets, start, length) ? X_FORWARDED_OTHER : null;
    }
    for (Field field : BY_LENGTH[length]) {
      if (field.matches(octets, start)) {
        return field;
      }
    }
    return startsWithXForwarded(octets, start, length) ? X_FORWARDED_OTHER : null;
  }

  private boolean matches(byte[] octets, int start) {
    String name = Objects.requireNonNull(lowerCase);
    for (int i = 0; i < name.length(); i++) {
      byte octet = Octets.lower(octets[start + i]);
      if (octet != name.charAt(i)
          && !(octet == '_' && name.charAt(i) == '-' && this == X_FORWARDED_CLIENT_CERT)) {
        return false;
      }
    }
    return true;
  }

  private static boolean startsWithXForwarded(byte[] octets, int start, int length) {
    if (length <= X_FORWARDED.length) {
      return false;
    }
    for (int i = 0; i < X_FORWARDED.length; i++) {
      if (Octets.lower(octets[start + i]) != X_FORWARDED[i]) {
        return false;
      }
    }
    return true;
  }
}
