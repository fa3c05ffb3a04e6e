package io.harborgateway.snapshot;

import io.harborgateway.config.GatewayConfig;
import io.harborgateway.config.InstancesBucketConfig;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.load.LoadedConfig;
import io.harborgateway.source.BucketListing;
import io.harborgateway.source.BucketState;
import io.harborgateway.source.InstanceText;
import io.harborgateway.source.InstancesDirectory;
import io.harborgateway.source.KeptBucket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads instances from the sources besides the configuration file. Blocks. */
final class SourceReader {
  private final LoadedConfig loaded;
  private final GatewayConfig config;
  private final SourceState before;
  private final boolean isRefresh;
  private final List<Problem> problems = new ArrayList<>();

  /** An instance of a source that is not available now. */
  private record Unasked(String place, Object version, Path folder) implements InstanceText {
    @Override
    public String text() throws IOException {
      throw new IOException("not to be read now");
    }
  }

  /**
   * @param isRefresh whether the configuration is the one in force
   */
  SourceReader(LoadedConfig loaded, SourceState before, boolean isRefresh) {
    this.loaded = loaded;
    this.config = loaded.config();
    this.before = before;
    this.isRefresh = isRefresh;
  }

  /**
   * Reads the sources; one with a problem stays as it was.
   *
   * @param listing the bucket's listing; null: none received since the start
   * @param rejected receives conflicts that keep the whole configuration from being used
   */
  SourceState read(
      @Nullable BucketListing listing,
      Claims claims,
      Contributions.Usability usability,
      List<Problem> rejected) {
    BucketListing bucket = bucket(listing);
    List<InstanceText> texts = new ArrayList<>(directory());
    texts.addAll(bucket.texts(folder()));
    var contributions = new Contributions(config, inForce(bucket), claims, usability);
    contributions.read(texts);
    problems.addAll(contributions.problems());
    rejected.addAll(contributions.displaced());
    return new SourceState(contributions.accepted(), bucket, problems);
  }

  private List<InstanceText> directory() {
    Path folder = config.instancesDirectory();
    if (folder == null) {
      return List.of();
    }
    try {
      return InstancesDirectory.list(folder);
    } catch (IOException e) {
      problems.add(
          loaded.source().problem("instances-directory", e.toString(), "a folder to be listed"));
      List<InstanceText> same = new ArrayList<>();
      before
          .inForce()
          .forEach((place, contribution) -> {
            if (place.startsWith(folder + "/")) {
              same.add(new Unasked(place, contribution.version(), folder));
            }
          });
      return same;
    }
  }

  /**
   * Returns the listing to serve. A bucket that has not been heard, since the start or since a
   * reload named it, is served as it was last stored. If it never was, what is served stays.
   */
  private BucketListing bucket(@Nullable BucketListing heard) {
    InstancesBucketConfig section = config.instancesBucket();
    if (section == null) {
      return BucketListing.NONE;
    }
    BucketListing served = heard == null ? before.bucket() : heard;
    if (served.isOf(section.name())) {
      return served;
    }
    boolean isServing = !served.equals(BucketListing.NONE);
    if (!isServing || !isRefresh) { // when files are read again, the reload has already looked
      BucketListing stored = stored(section, isServing);
      served = isServing && !stored.isOf(section.name()) ? served : stored;
    }
    if (!served.equals(BucketListing.NONE) && !served.isOf(section.name())) {
      String found =
          "\"%s\", from which nothing has been heard yet; what bucket %s said last stays"
              .formatted(section.name(), served.bucket());
      problems.add(loaded.source().problem("instances-bucket.name", found, ""));
    }
    return served;
  }

  /** Returns what is stored for the bucket; a file of another one is a problem at a start. */
  private BucketListing stored(InstancesBucketConfig section, boolean isServing) {
    try {
      KeptBucket kept = new BucketState(section.state()).read();
      if (kept.isFor(section.name())) {
        return kept.listing();
      }
      if (!isServing) {
        problems.add(
            loaded
                .source()
                .problem("instances-bucket.state", "of bucket " + kept.bucket(), section.name()));
      }
    } catch (IOException e) {
      problems.add(loaded.source().problem("instances-bucket.state", e.toString(), ""));
    }
    return BucketListing.NONE;
  }

  /** Returns what is in force; of a bucket by another name, at the places of the same keys. */
  private Map<String, Contribution> inForce(BucketListing bucket) {
    BucketListing was = before.bucket();
    if (bucket.isOf(was.bucket())) {
      return before.inForce();
    }
    Map<String, Contribution> moved = new HashMap<>(before.inForce());
    for (String key : was.keys()) {
      Contribution contribution = moved.remove(was.place(key));
      if (contribution != null) {
        moved.put(bucket.place(key), contribution);
      }
    }
    return moved;
  }

  private Path folder() {
    return Path.of(loaded.source().file()).toAbsolutePath().normalize().resolveSibling("");
  }
}
