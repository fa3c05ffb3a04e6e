package io.harborgateway.config.load;

import io.harborgateway.config.InstanceConfig;
import io.harborgateway.config.binding.Problems;
import io.harborgateway.config.binding.Section;
import io.harborgateway.config.values.HostName;
import io.harborgateway.config.values.IllegalValueException;
import io.harborgateway.config.values.InstanceGuid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks that every GUID and every host name leads to exactly one instance. */
final class InstanceChecks {
  private InstanceChecks() {}

  static void run(Section root, Problems problems) {
    var guids = new Uniqueness(problems, "a GUID of its own");
    var names = new Uniqueness(problems, "a host name of its own");
    for (Section instance : root.sections("instances")) {
      guids.add(instance.value("guid", InstanceGuid.class), instance.path("guid"));
      checkNames(instance, names, problems);
      checkUpstreams(instance, problems);
      CertificateChecks.run(instance, problems);
      if (!instance.isSet("certificate") && !CertificateChecks.findsOther(root, instance)) {
        problems.add(instance.path("certificate"), "missing", CertificateChecks.EXPECTED);
      }
      instance.sections("upstreams").forEach(up -> Checks.checkReference(up, root, problems));
    }
  }

  /** Runs the checks that need neither other instances nor listeners. */
  static void runAlone(Section instance, Problems problems) {
    checkNames(instance, new Uniqueness(problems, "a host name of its own"), problems);
    checkUpstreams(instance, problems);
    CertificateChecks.run(instance, problems);
    UpstreamChecks.runInstance(instance, problems);
    ClientAuthChecks.runInstance(instance, problems);
  }

  private static void checkNames(Section instance, Uniqueness names, Problems problems) {
    HostName domain = instance.value("domain", HostName.class);
    HostName publicHost = instance.value("public-host", HostName.class);
    List<String> routes = instance.list("additional-routes", String.class);
    if (instance.isBroken("domain") || instance.isBroken("public-host")) {
      return;
    }
    if (publicHost != null) {
      names.add(publicHost, instance.path("public-host"));
      if (!routes.isEmpty()) {
        String found = "together with public-host";
        problems.add(instance.path("additional-routes"), found, "one of the two");
      }
    } else if (domain == null) {
      problems.add(instance.path(), "neither domain nor public-host", "one of the two");
    } else {
      addName(instance, null, domain, instance.path("domain"), names, problems);
      for (int i = 0; i < routes.size() && !instance.isBroken("additional-routes"); i++) {
        String path = instance.path("additional-routes") + "[" + i + "]";
        addName(instance, routes.get(i), domain, path, names, problems);
      }
    }
  }

  private static void addName(
      Section instance,
      @Nullable String route,
      HostName domain,
      String path,
      Uniqueness names,
      Problems problems) {
    InstanceGuid guid = instance.value("guid", InstanceGuid.class);
    if (guid == null) {
      return;
    }
    try {
      names.add(InstanceConfig.name(guid, route, domain), path);
    } catch (IllegalValueException e) {
      problems.add(path, e.found(), "at most 253 characters in the whole host name");
    }
  }

  private static void checkUpstreams(Section instance, Problems problems) {
    var overridden = new Uniqueness(problems, "one upstream for each listener");
    for (Section upstream : instance.sections("upstreams")) {
      overridden.add(upstream.value("listener", String.class), upstream.path("listener"));
    }
  }
}
