package io.harborgateway.http.head;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * The value of the Date field (RFC 9110 section 5.6.7), built once per second. Confined to one
 * event loop.
 */
public final class HttpDate {
  private static final DateTimeFormatter FIXDATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final LongSupplier currentTimeMillis;
  private long second = Long.MIN_VALUE;
  private String text = "";

  /**
   * @param currentTimeMillis the wall clock
   */
  public HttpDate(LongSupplier currentTimeMillis) {
    this.currentTimeMillis = currentTimeMillis;
  }

  public String now() {
    long now = Math.floorDiv(currentTimeMillis.getAsLong(), 1000L);
    if (now != second) {
      second = now;
      text = FIXDATE.format(Instant.ofEpochSecond(now));
    }
    return text;
  }
}
