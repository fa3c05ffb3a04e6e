package io.harborgateway.snapshot;

import io.harborgateway.config.CatalogueConfig;
import io.harborgateway.config.GatewayConfig;
import io.harborgateway.config.InstanceConfig;
import io.harborgateway.config.binding.ConfigSource;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.load.CatalogueList;
import io.harborgateway.config.load.LoadedInstance;
import io.harborgateway.config.values.HostName;
import io.harborgateway.config.values.InstanceGuid;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The GUIDs and host names already taken, and where. */
final class Claims {
  private final Map<InstanceGuid, String> guids = new HashMap<>();
  private final Map<HostName, String> names = new HashMap<>();
  private final @Nullable Claims base;

  /**
   * Claims everything in the configuration and its catalogue.
   *
   * @param source places of the configuration's keys
   */
  Claims(GatewayConfig config, ConfigSource source, List<CatalogueList.Entry> entries) {
    base = null;
    for (int i = 0; i < config.instances().size(); i++) {
      String place = place(source.problem("instances[" + i + "].guid", "", ""));
      guids.put(config.instances().get(i).guid(), place);
      config.instances().get(i).names().forEach(name -> names.put(name, place));
    }
    CatalogueConfig catalogue = config.catalogue();
    if (catalogue != null) {
      for (CatalogueList.Entry entry : entries) {
        String place = catalogue.file() + ":" + entry.line();
        guids.putIfAbsent(entry.guid(), place);
        entry.names().forEach(name -> names.put(name, place));
      }
    }
  }

  /** Starts from existing claims, which are not modified. */
  Claims(Claims base) {
    this.base = base;
  }

  /** Claims the instance's GUID and names, or returns which of them is taken, and where. */
  @Nullable Problem take(LoadedInstance instance) {
    InstanceConfig config = instance.config();
    ConfigSource source = instance.source();
    String other = place(config.guid());
    if (other != null) {
      return source.problem("guid", config.guid() + ", as at " + other, "a GUID of its own");
    }
    List<HostName> wanted = config.names();
    for (int i = 0; i < wanted.size(); i++) {
      other = place(wanted.get(i));
      if (other != null) {
        String key =
            i > 0
                ? "additional-routes[" + (i - 1) + "]"
                : config.publicHost() != null ? "public-host" : "domain";
        return source.problem(key, wanted.get(i) + ", as at " + other, "a host name of its own");
      }
    }
    String place = place(source.problem("guid", "", ""));
    guids.put(config.guid(), place);
    wanted.forEach(name -> names.put(name, place));
    return null;
  }

  boolean hasGuid(InstanceGuid guid) {
    return place(guid) != null;
  }

  private @Nullable String place(InstanceGuid guid) {
    String place = guids.get(guid);
    return place != null || base == null ? place : base.place(guid);
  }

  private @Nullable String place(HostName name) {
    String place = names.get(name);
    return place != null || base == null ? place : base.place(name);
  }

  private static String place(Problem problem) {
    return problem.file() + ":" + problem.line() + ":" + problem.column();
  }
}
