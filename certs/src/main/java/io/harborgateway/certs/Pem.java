package io.harborgateway.certs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Certificates and private keys as PEM text (RFC 7468), read and written.
 *
 * <p>Blocks of other types are skipped, so one file may hold a chain and its key. A chain keeps the
 * order of its file: {@link CertificateCheck} checks it.
 */
public final class Pem {
  private static final String ENCRYPTED_KEY = "ENCRYPTED PRIVATE KEY";

  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";
  private static final String DEK_INFO = "DEK-Info:";

  /** The byte order mark as a character, and as the UTF-8 octets of a text read as ISO-8859-1. */
  private static final String[] BYTE_ORDER_MARKS = {"\ufeff", "\u00ef\u00bb\u00bf"};

  private static final Base64.Encoder BASE64_LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private Pem() {}

  /**
   * Reads the certificates of a file, in its order.
   *
   * @return at least one
   * @throws CertificateProblem if the file cannot be read or holds no certificate or a malformed
   *     one
   */
  public static List<X509Certificate> certificates(Path file) throws CertificateProblem {
    return certificates(text(file), file.toString());
  }

  /**
   * Reads the certificates of a text, in its order.
   *
   * @param source name of the text in messages
   */
  public static List<X509Certificate> certificates(String text, String source)
      throws CertificateProblem {
    List<X509Certificate> chain = new ArrayList<>();
    for (Block block : blocks(text, source)) {
      if (block.type.equals("CERTIFICATE") || block.type.equals("X509 CERTIFICATE")) {
        chain.add(certificate(block, chain.size() + 1, source));
      }
    }
    if (chain.isEmpty()) {
      throw new CertificateProblem(
          source + ": no certificate (expected: at least one BEGIN CERTIFICATE block)");
    }
    return List.copyOf(chain);
  }

  /**
   * Returns what the blocks of a type hold, decoded, in the order of the text.
   *
   * @param source name of the text in messages
   * @throws CertificateProblem if any block is malformed, or has no end
   */
  static List<byte[]> contents(String text, String type, String source) throws CertificateProblem {
    return blocks(text, source).stream()
        .filter(each -> each.type.equals(type))
        .map(each -> each.content)
        .toList();
  }

  /**
   * Reads the one private key of a file: PKCS#8, PKCS#1 (RSA) or SEC1 (EC), not encrypted.
   *
   * @throws CertificateProblem if the file cannot be read, or holds no key, several keys, or an
   *     encrypted or malformed one
   */
  public static PrivateKey privateKey(Path file) throws CertificateProblem {
    return privateKey(text(file), file.toString());
  }

  /**
   * Reads the one private key of a file, which may be encrypted.
   *
   * @param passphrase opens it if it is
   * @throws CertificateProblem as {@link #privateKey(Path)}, or if the passphrase does not open it
   */
  public static PrivateKey privateKey(Path file, char[] passphrase) throws CertificateProblem {
    return privateKey(text(file), file.toString(), passphrase);
  }

  /**
   * Reads the one private key of a text.
   *
   * @param source name of the text in messages
   */
  public static PrivateKey privateKey(String text, String source) throws CertificateProblem {
    return privateKey(text, source, null);
  }

  private static PrivateKey privateKey(String text, String source, char @Nullable [] passphrase)
      throws CertificateProblem {
    List<Block> keys =
        blocks(text, source).stream().filter(b -> b.type.endsWith("PRIVATE KEY")).toList();
    if (keys.size() != 1) {
      throw new CertificateProblem(
          "%s: %s (expected: one PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY block)"
              .formatted(
                  source, keys.isEmpty() ? "no private key" : keys.size() + " private keys"));
    }
    Block block = opened(keys.getFirst(), source, passphrase);
    try {
      return PrivateKeys.decode(pkcs8(block, source));
    } catch (PrivateKeys.UnsupportedKeyException e) {
      throw new CertificateProblem(
          "%s: %s key (expected: an RSA or EC key)".formatted(source, e.getMessage()), e);
    } catch (GeneralSecurityException e) {
      throw new CertificateProblem(
          "%s: malformed or unsupported %s (expected: an RSA, EC or Ed25519 key)"
              .formatted(source, block.type),
          e);
    }
  }

  /** Returns the block decrypted, if it is encrypted. */
  private static Block opened(Block block, String source, char @Nullable [] passphrase)
      throws CertificateProblem {
    boolean isPkcs8 = block.type.equals(ENCRYPTED_KEY);
    if (!isPkcs8 && block.dekInfo == null) {
      return block;
    }
    if (passphrase == null) {
      throw new CertificateProblem(
          source
              + ": encrypted private key (expected: its passphrase-file, too, or an unencrypted key;"
              + " openssl pkey -in FILE -out NEW-FILE decrypts it)");
    }
    try {
      return block.dekInfo == null
          ? new Block("PRIVATE KEY", null, EncryptedKeys.decrypt(block.content, passphrase))
          : new Block(
              block.type,
              null,
              EncryptedKeys.decryptTraditional(block.content, block.dekInfo, passphrase));
    } catch (InvalidKeyException e) {
      throw new CertificateProblem(
          source
              + ": the passphrase does not open it (expected: that of this key, and a cipher of AES or"
              + " 3DES)",
          e);
    } catch (GeneralSecurityException e) {
      throw new CertificateProblem(
          "%s: encrypted in a way that is not known here (expected: PBES2)".formatted(source), e);
    }
  }

  /** The certificates as PEM text, in their order. */
  public static String text(List<X509Certificate> chain) throws CertificateProblem {
    var text = new StringBuilder();
    for (X509Certificate certificate : chain) {
      try {
        append("CERTIFICATE", certificate.getEncoded(), text);
      } catch (GeneralSecurityException e) {
        throw new CertificateProblem("certificate without an encoding (expected: X.509)", e);
      }
    }
    return text.toString();
  }

  /** The key as PEM text, PKCS#8, not encrypted: a secret. */
  public static String text(PrivateKey key) throws CertificateProblem {
    var text = new StringBuilder();
    append("PRIVATE KEY", encoded(key), text);
    return text.toString();
  }

  /** The key as PEM text, PKCS#8, encrypted with a passphrase. */
  static String text(PrivateKey key, char[] passphrase) throws CertificateProblem {
    try {
      var text = new StringBuilder();
      append(ENCRYPTED_KEY, EncryptedKeys.encrypt(encoded(key), passphrase), text);
      return text.toString();
    } catch (GeneralSecurityException e) {
      throw new CertificateProblem("private key cannot be encrypted (expected: AES-256)", e);
    }
  }

  private static byte[] encoded(PrivateKey key) throws CertificateProblem {
    byte[] encoded = key.getEncoded();
    if (encoded == null) {
      throw new CertificateProblem("private key without an encoding (expected: a software key)");
    }
    return encoded;
  }

  private static void append(String type, byte[] content, StringBuilder text) {
    text.append(BEGIN).append(type).append(DASHES).append('\n');
    text.append(BASE64_LINES.encodeToString(content)).append('\n');
    text.append(END).append(type).append(DASHES).append('\n');
  }

  private static String text(Path file) throws CertificateProblem {
    byte[] bytes = InputFile.read(file, "a PEM file");
    if (isUtf16(bytes)) {
      throw new CertificateProblem(file + ": UTF-16 (expected: a PEM file in ASCII or UTF-8)");
    }
    // PEM is ASCII; text around the blocks may be in any encoding, and ISO-8859-1 decodes them all.
    return new String(bytes, ISO_8859_1);
  }

  /**
   * Returns whether the text begins with a UTF-16 byte order mark; no block would be found in it.
   */
  private static boolean isUtf16(byte[] bytes) {
    return bytes.length >= 2
        && ((bytes[0] == (byte) 0xff && bytes[1] == (byte) 0xfe)
            || (bytes[0] == (byte) 0xfe && bytes[1] == (byte) 0xff));
  }

  /** One block of PEM, decoded. */
  private static final class Block {
    final String type;

    /** How an old block is encrypted; null if it is not. */
    final @Nullable String dekInfo;

    final byte[] content;

    Block(String type, @Nullable String dekInfo, byte[] content) {
      this.type = type;
      this.dekInfo = dekInfo;
      this.content = content;
    }
  }

  private static List<Block> blocks(String found, String source) throws CertificateProblem {
    String text = found.indexOf('\r') < 0 ? found : found.replace("\r\n", "\n").replace('\r', '\n');
    List<Block> blocks = new ArrayList<>();
    try {
      int next = 0;
      for (int begin = lineStart(text, BEGIN, 0); begin >= 0; ) {
        refuseStrayEnd(text, next, begin);
        int typeEnd = text.indexOf(DASHES, begin + BEGIN.length());
        int lineEnd = endOfLine(text, begin);
        if (typeEnd < 0 || typeEnd > lineEnd) {
          throw new IllegalArgumentException("a BEGIN line without its end");
        }
        String type = text.substring(begin + BEGIN.length(), typeEnd);
        int end = lineStart(text, END + type + DASHES, lineEnd);
        if (end < 0) {
          throw new IllegalArgumentException("no END line");
        }
        blocks.add(block(type, text.substring(lineEnd, end)));
        next = end + END.length();
        begin = lineStart(text, BEGIN, next);
      }
      refuseStrayEnd(text, next, text.length());
      return blocks;
    } catch (IllegalArgumentException e) {
      throw new CertificateProblem(
          "%s: malformed PEM in block %d (expected: base64 between BEGIN and END lines)"
              .formatted(source, blocks.size() + 1),
          e);
    }
  }

  /**
   * Rejects a stray END line: otherwise a block whose BEGIN line is damaged would be skipped as
   * explanatory text.
   */
  private static void refuseStrayEnd(String text, int from, int to) {
    int end = lineStart(text, END, from);
    if (end >= 0 && end < to) {
      throw new IllegalArgumentException("an END line without its BEGIN");
    }
  }

  /**
   * Decodes a block. Old keys have header fields before the content, for example for encryption
   * (RFC 1421).
   */
  private static Block block(String type, String body) {
    var base64 = new StringBuilder(body.length());
    String dekInfo = null;
    boolean continued = false;
    for (int start = 0; start < body.length(); ) {
      int end = endOfLine(body, start);
      String line = body.substring(start, end).strip();
      if (line.indexOf(':') >= 0 || continued) {
        if (line.startsWith(DEK_INFO)) {
          dekInfo = line.substring(DEK_INFO.length());
        }
        continued = line.endsWith(",");
      } else {
        base64.append(line);
      }
      start = end + 1;
    }
    return new Block(type, dekInfo, Base64.getDecoder().decode(base64.toString()));
  }

  /** Index at or after {@code from} where {@code marker} begins a line, or -1. */
  private static int lineStart(String text, String marker, int from) {
    int at = text.indexOf(marker, from);
    while (at >= 0 && !beginsLine(text, at)) {
      at = text.indexOf(marker, at + 1);
    }
    return at;
  }

  /**
   * Returns whether nothing significant precedes the index in its line. Insignificant are
   * indentation, a byte order mark, and the END line of a file without a final line break to which
   * another file was appended.
   */
  private static boolean beginsLine(String text, int at) {
    String before = text.substring(text.lastIndexOf('\n', at - 1) + 1, at);
    for (String mark : BYTE_ORDER_MARKS) {
      before = before.replace(mark, "");
    }
    before = before.strip();
    return before.isEmpty() || (before.startsWith(END) && before.endsWith(DASHES));
  }

  private static int endOfLine(String text, int from) {
    int end = text.indexOf('\n', from);
    return end < 0 ? text.length() : end;
  }

  private static X509Certificate certificate(Block block, int number, String source)
      throws CertificateProblem {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(block.content));
    } catch (GeneralSecurityException e) {
      throw new CertificateProblem(
          "%s: certificate %d is malformed (expected: X.509)".formatted(source, number), e);
    }
  }

  private static byte[] pkcs8(Block block, String source)
      throws CertificateProblem, GeneralSecurityException {
    return switch (block.type) {
      case "PRIVATE KEY" -> block.content;
      case "RSA PRIVATE KEY" -> PrivateKeys.pkcs8OfPkcs1(block.content);
      case "EC PRIVATE KEY" -> {
        byte[] key = PrivateKeys.pkcs8OfSec1(block.content);
        if (key.length == 0) {
          throw new CertificateProblem(source + ": EC key without its curve (expected: RFC 5915)");
        }
        yield key;
      }
      default ->
          throw new CertificateProblem(
              "%s: %s (expected: PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY)"
                  .formatted(source, block.type));
    };
  }
}
