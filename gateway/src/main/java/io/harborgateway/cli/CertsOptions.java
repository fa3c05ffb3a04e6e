package io.harborgateway.cli;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.DnsName;
import io.harborgateway.certs.KeyType;
import io.harborgateway.config.values.HostName;
import io.harborgateway.config.values.InstanceGuid;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses option values of the {@code certs} commands into their types. */
final class CertsOptions {
  private static final int MOST_DAYS = 36_500;

  private CertsOptions() {}

  /** Days of validity. */
  static final class Days implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      int days = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
      if (days < 1 || days > MOST_DAYS) {
        throw unexpected(text, "1 to " + MOST_DAYS);
      }
      return Duration.ofDays(days);
    }
  }

  /** A host name or a wildcard. */
  static final class Name implements ITypeConverter<DnsName> {
    @Override
    public DnsName convert(String text) {
      try {
        return DnsName.parse(text);
      } catch (CertificateProblem e) {
        throw new TypeConversionException(Objects.toString(e.getMessage()));
      }
    }
  }

  /** An IP address, never looked up in DNS. */
  static final class Address implements ITypeConverter<InetAddress> {
    @Override
    public InetAddress convert(String text) {
      try {
        return InetAddress.ofLiteral(text);
      } catch (IllegalArgumentException e) {
        throw unexpected(text, "an IPv4 or IPv6 address");
      }
    }
  }

  /** The key types that can be issued. */
  static final class Key implements ITypeConverter<KeyType> {
    @Override
    public KeyType convert(String text) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "rsa" -> KeyType.RSA_2048;
        case "ec" -> KeyType.EC_P256;
        default -> throw unexpected(text, "rsa or ec");
      };
    }
  }

  /** The GUID of an instance. */
  static final class Guid implements ITypeConverter<InstanceGuid> {
    @Override
    public InstanceGuid convert(String text) {
      return checked(InstanceGuid::of, text);
    }
  }

  /** A host name without a wildcard. */
  static final class Host implements ITypeConverter<HostName> {
    @Override
    public HostName convert(String text) {
      return checked(HostName::of, text);
    }
  }

  private static <T> T checked(Function<String, T> type, String text) {
    try {
      return type.apply(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(Objects.toString(e.getMessage()));
    }
  }

  private static TypeConversionException unexpected(String found, String expected) {
    return new TypeConversionException("\"%s\" (expected: %s)".formatted(found, expected));
  }
}
