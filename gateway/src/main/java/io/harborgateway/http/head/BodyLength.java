package io.harborgateway.http.head;

/**
 * The length of a body: 0 or more is a number of bytes, and negative values are the constants. A
 * bare {@code long} in the hot path; every parameter and field with this meaning is named {@code
 * bodyLength}.
 */
public final class BodyLength {
  public static final long NONE = 0;

  /** Unknown until its end, which the chunked coding marks. */
  public static final long CHUNKED = -1;

  /** Delimited by the end of the connection; responses only. */
  public static final long UNTIL_CLOSE = -2;

  /** No body: the connection carries another protocol from here on. */
  public static final long TUNNEL = -3;

  private BodyLength() {}
}
