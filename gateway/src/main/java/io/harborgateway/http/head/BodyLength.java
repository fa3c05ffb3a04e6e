package io.harborgateway.http.head;

/**
 * The length of a body: 0 or more is so many bytes, and the negative ones are the constants. A bare
 * {@code long} in the hot path, which every parameter and field of this meaning calls {@code
 * bodyLength}.
 */
public final class BodyLength {
  public static final long NONE = 0;

  /** Known at its end, which the chunked coding marks. */
  public static final long CHUNKED = -1;

  /** Known when the connection closes; of responses only. */
  public static final long UNTIL_CLOSE = -2;

  /** No body: the connection carries another protocol from here on. */
  public static final long TUNNEL = -3;

  private BodyLength() {}
}
