package io.harborgateway.lifecycle;

import java.time.Instant;
import java.util.Map;

/** An event about certificates. The replacement of one in memory is a {@link ReloadEvent}. */
public sealed interface CertificateEvent extends NodeEvent {
  /** An event about the certificate of one instance. */
  sealed interface OfInstance extends CertificateEvent {
    /** Returns the GUID. */
    String instance();

    @Override
    default String subject() {
      return instance();
    }

    @Override
    default Map<String, Object> fields() {
      return EventFields.of("instance", instance()).map();
    }
  }

  /** All were read and tried once; refused ones have reported why. */
  record Checked(int checked, int refused) implements CertificateEvent {
    @Override
    public NodeEventKind kind() {
      return NodeEventKind.CERTIFICATES_CHECKED;
    }

    @Override
    public String text() {
      return "certificates checked";
    }

    @Override
    public Map<String, Object> fields() {
      return EventFields.of("checked", checked).with("refused", refused).map();
    }
  }

  /**
   * It can't be used, regardless of the time.
   *
   * @param problem problem with its place
   */
  record Refused(String problem) implements CertificateEvent {
    public Refused {
      problem = EventFields.text(problem);
    }

    @Override
    public String subject() {
      return problem;
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.CERTIFICATE_REFUSED;
    }

    @Override
    public String text() {
      return "certificate not used: " + problem;
    }

    @Override
    public Map<String, Object> fields() {
      return Map.of();
    }

    @Override
    public Severity severity() {
      return Severity.WARN;
    }
  }

  /**
   * Its files have changed; it was not in memory, and the new one is proven and used from now on.
   */
  record Replaced(String instance) implements OfInstance {
    public Replaced {
      instance = EventFields.text(instance);
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.CERTIFICATE_REPLACED;
    }

    @Override
    public String text() {
      return "certificate replaced";
    }
  }

  /** Its files can't be used, so the previous certificate is served. */
  record Outdated(String instance, String reason) implements OfInstance {
    public Outdated {
      instance = EventFields.text(instance);
      reason = EventFields.text(reason);
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.CERTIFICATE_OUTDATED;
    }

    @Override
    public String text() {
      return "certificate not replaced, the one before is served: " + reason;
    }

    @Override
    public Severity severity() {
      return Severity.WARN;
    }
  }

  /** It expires soon. */
  record Ending(String instance, Instant end, long daysLeft) implements OfInstance {
    public Ending {
      instance = EventFields.text(instance);
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.CERTIFICATE_ENDING;
    }

    @Override
    public String text() {
      return "certificate ends at " + end + ": to be renewed";
    }

    @Override
    public Map<String, Object> fields() {
      return EventFields.of("instance", instance).with("daysLeft", daysLeft).map();
    }

    @Override
    public Severity severity() {
      return Severity.WARN;
    }
  }

  /**
   * Because of its validity period it now holds its routes back.
   *
   * @param problem such as "ended at …"
   */
  record Held(String instance, String problem) implements OfInstance {
    public Held {
      instance = EventFields.text(instance);
      problem = EventFields.text(problem);
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.CERTIFICATE_HELD;
    }

    @Override
    public String text() {
      return "certificate " + problem;
    }

    @Override
    public Severity severity() {
      return Severity.WARN;
    }
  }

  /** Its validity period no longer holds anything back. */
  record Good(String instance) implements OfInstance {
    public Good {
      instance = EventFields.text(instance);
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.CERTIFICATE_GOOD;
    }

    @Override
    public String text() {
      return "certificate is good again";
    }
  }

  /** An issuer expires or has expired, without which some clients reject it. */
  record Doubtful(String instance, String problem) implements OfInstance {
    public Doubtful {
      instance = EventFields.text(instance);
      problem = EventFields.text(problem);
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.CERTIFICATE_DOUBTFUL;
    }

    @Override
    public String text() {
      return "certificate: " + problem;
    }

    @Override
    public Severity severity() {
      return Severity.WARN;
    }
  }

  /**
   * The gateway has issued it.
   *
   * @param reason what was wrong with the one before
   */
  record Issued(String instance, String reason, Instant end) implements OfInstance {
    public Issued {
      instance = EventFields.text(instance);
      reason = EventFields.text(reason);
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.CERTIFICATE_ISSUED;
    }

    @Override
    public String text() {
      return "certificate issued until " + end + ": " + reason;
    }
  }

  /**
   * The gateway has issued more certificates at once than are worth one event each.
   *
   * @param more number besides those named
   */
  record IssuedMore(int more) implements CertificateEvent {
    @Override
    public NodeEventKind kind() {
      return NodeEventKind.CERTIFICATES_ISSUED;
    }

    @Override
    public String text() {
      return "more certificates issued";
    }

    @Override
    public Map<String, Object> fields() {
      return EventFields.of("more", more).map();
    }
  }

  /**
   * One that is wanted could not be issued, and will be tried again; told once for each reason.
   *
   * @param instance the instance, or empty if the CA can't be used
   */
  record NotIssued(String instance, String reason) implements OfInstance {
    public NotIssued {
      instance = EventFields.text(instance);
      reason = EventFields.text(reason);
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.CERTIFICATE_NOT_ISSUED;
    }

    @Override
    public String text() {
      return "certificate not issued, the one before stays: " + reason;
    }

    @Override
    public Severity severity() {
      return Severity.WARN;
    }
  }

  /**
   * More certificates have changed at once than are worth one event each.
   *
   * @param more number besides those named
   */
  record Changed(int more) implements CertificateEvent {
    @Override
    public NodeEventKind kind() {
      return NodeEventKind.CERTIFICATES_CHANGED;
    }

    @Override
    public String text() {
      return "more certificates have changed; /status shows them";
    }

    @Override
    public Map<String, Object> fields() {
      return EventFields.of("more", more).map();
    }

    @Override
    public Severity severity() {
      return Severity.WARN;
    }
  }
}
