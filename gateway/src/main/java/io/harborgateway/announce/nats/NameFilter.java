package io.harborgateway.announce.nats;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;

/**
 * Tells from the octets of a register message whether it can name one of some names: nearly all
 * messages on the bus are other applications', and reading them as JSON would cost more than all
 * else that is done with them. Immutable.
 *
 * <p>It looks at the strings of {@code "uris": […]}. A message that writes this key in another way
 * (with escapes, as no client does) names nobody.
 */
final class NameFilter {
  private static final byte[] KEY = "\"uris\"".getBytes(StandardCharsets.US_ASCII);
  private static final long FNV_BASIS = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  /** Hashes of the names in a power of two of places, the next free one each; 0: free. */
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

  /** Returns false only if the message names none of them. */
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
          return true; // for the parser
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

  /** FNV-1a of the octets in lower case. */
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
   * Returns the place behind the octet and the spaces before it, or -1: something else is there.
   */
  private static int skip(byte[] message, int from, char wanted) {
    int i = from;
    while (i < message.length && message[i] >= 0 && message[i] <= ' ') {
      i++;
    }
    return i < message.length && message[i] == wanted ? i + 1 : -1;
  }
}
