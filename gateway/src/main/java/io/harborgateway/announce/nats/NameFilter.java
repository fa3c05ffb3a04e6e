package io.harborgateway.announce.nats;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;

/**
 * Decides from the bytes of a register message whether it may contain one of a set of names: nearly
 * all messages on the bus concern other applications, and parsing them as JSON would cost more than
 * all other processing. Immutable.
 *
 * <p>It looks at the strings of {@code "uris": […]}. A message that writes this key differently
 * (with escapes, which no client does) matches no name.
 */
final class NameFilter {
  private static final byte[] KEY = "\"uris\"".getBytes(StandardCharsets.US_ASCII);
  private static final long FNV_BASIS = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  /** Hashes of the names: an open-addressed table whose size is a power of two; 0: free. */
  private final long[] hashes;

  /**
   * @param names in lower case
   */
  NameFilter(Collection<String> names) {
    this.hashes = new long[Math.max(16, Integer.highestOneBit(names.size()) * 4)];
    for (String name : names) {
      long hash = FNV_BASIS;
      for (byte octet : name.getBytes(StandardCharsets.UTF_8)) {
        hash = step(hash, octet);
      }
      hash = ended(hash);
      int place = (int) hash & (hashes.length - 1);
      while (hashes[place] != 0 && hashes[place] != hash) {
        place = (place + 1) & (hashes.length - 1);
      }
      hashes[place] = hash;
    }
  }

  /** Returns false only if the message contains none of the names. */
  boolean mayName(byte[] message) {
    for (int key = find(message, 0); key >= 0; key = find(message, key + 1)) {
      int array = skip(message, key + KEY.length, ':');
      array = array < 0 ? -1 : skip(message, array, '[');
      if (array >= 0) {
        return namesOne(message, array);
      }
    }
    return false;
  }

  private boolean namesOne(byte[] message, int begin) {
    int i = begin;
    while (i < message.length && message[i] != ']') {
      if (message[i] != '"') {
        i++;
        continue;
      }
      long hash = FNV_BASIS;
      for (i++; i < message.length && message[i] != '"'; i++) {
        if (message[i] == '\\') {
          return true; // left to the parser
        }
        hash = step(hash, message[i]);
      }
      i++;
      if (has(ended(hash))) {
        return true;
      }
    }
    return false;
  }

  private boolean has(long hash) {
    int place = (int) hash & (hashes.length - 1);
    while (hashes[place] != 0) {
      if (hashes[place] == hash) {
        return true;
      }
      place = (place + 1) & (hashes.length - 1);
    }
    return false;
  }

  /** One step of FNV-1a over the bytes in lower case. */
  private static long step(long hash, byte octet) {
    int lower = octet >= 'A' && octet <= 'Z' ? octet + ('a' - 'A') : octet & 0xff;
    return (hash ^ lower) * FNV_PRIME;
  }

  private static long ended(long hash) {
    return hash == 0 ? 1 : hash;
  }

  private static int find(byte[] message, int from) {
    for (int i = from; i <= message.length - KEY.length; i++) {
      if (message[i] == '"' && Arrays.equals(message, i, i + KEY.length, KEY, 0, KEY.length)) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Skips white space and the wanted byte; returns the index after it, or -1 if something else is
   * there.
   */
  private static int skip(byte[] message, int from, char wanted) {
    int i = from;
    while (i < message.length && message[i] >= 0 && message[i] <= ' ') {
      i++;
    }
    return i < message.length && message[i] == wanted ? i + 1 : -1;
  }
}
