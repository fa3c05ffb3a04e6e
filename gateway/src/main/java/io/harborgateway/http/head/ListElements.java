package io.harborgateway.http.head;

/**
 * Iterates over the elements of a comma-separated list value (RFC 9110 section 5.6.1), skipping
 * empty ones.
 */
final class ListElements {
  private final byte[] octets;
  private final int limit;
  private int position;
  private int start;
  private int end;

  ListElements(byte[] octets, int start, int limit) {
    this.octets = octets;
    this.position = start;
    this.limit = limit;
  }

  /** Moves to the next element; returns false if there is none. */
  boolean next() {
    while (position < limit) {
      int stop = position;
      while (stop < limit && octets[stop] != ',') {
        stop++;
      }
      start = position;
      end = stop;
      position = stop + 1;
      while (start < end && Octets.isBlank(octets[start])) {
        start++;
      }
      while (end > start && Octets.isBlank(octets[end - 1])) {
        end--;
      }
      if (end > start) {
        return true;
      }
    }
    return false;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }
}
