package io.harborgateway.announce.nats;

import io.nats.client.AuthHandler;
import io.nats.client.NKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;

/**
 * Authenticates this client with a credentials file: a user's JWT and its NKey seed between the
 * lines that {@code nsc} writes, or the seed alone. The file is read again for each connection, so
 * that renewed credentials are used without a restart. Called by threads of jnats.
 */
final class NatsCredentials implements AuthHandler {
  private static final String JWT = "BEGIN NATS USER JWT";
  private static final String SEED = "BEGIN USER NKEY SEED";

  /** Written by some editors at the start of a file. */
  private static final String BYTE_ORDER_MARK = "\ufeff";

  private final Path file;

  NatsCredentials(Path file) {
    this.file = file;
  }

  @Override
  public byte[] sign(byte[] nonce) {
    NKey key = key();
    try {
      return key.sign(nonce);
    } catch (GeneralSecurityException | IOException e) {
      throw unusable(e);
    } finally {
      key.clear();
    }
  }

  @Override
  public char[] getID() {
    NKey key = key();
    try {
      return key.getPublicKey();
    } catch (GeneralSecurityException | IOException e) {
      throw unusable(e);
    } finally {
      key.clear();
    }
  }

  @Override
  public char[] getJWT() {
    return section(read(), JWT).toCharArray();
  }

  private NKey key() {
    String text = read();
    String seed = section(text, SEED);
    try {
      return NKey.fromSeed((seed.isEmpty() ? text.strip() : seed).toCharArray());
    } catch (IllegalArgumentException e) {
      throw unusable(e);
    }
  }

  /** The exception never contains the file's content. */
  private IllegalStateException unusable(Exception e) {
    return new IllegalStateException(
        "registration.credentials: %s has no usable seed (expected: a credentials file of NATS): %s"
            .formatted(file, e.getClass().getSimpleName()));
  }

  private String read() {
    try {
      String text = Files.readString(file);
      return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    } catch (IOException e) {
      throw new UncheckedIOException("registration.credentials: " + file, e);
    }
  }

  /** Returns the line after the header, or an empty text. */
  private static String section(String text, String header) {
    boolean begun = false;
    for (String line : text.lines().toList()) {
      String content = line.strip();
      if (begun && !content.isEmpty()) {
        return content.startsWith("-") ? "" : content;
      }
      begun |= content.startsWith("-") && content.contains(header);
    }
    return "";
  }
}
