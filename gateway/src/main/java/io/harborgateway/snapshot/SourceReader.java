package io.harborgateway.snapshot;

import io.harborgateway.config.GatewayConfig;
import io.harborgateway.config.InstancesBucketConfig;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.load.LoadedConfig;
import io.harborgateway.source.BucketListing;
import io.harborgateway.source.BucketState;
import io.harborgateway.source.InstanceText;
import io.harborgateway.source.InstancesDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads instances from the sources besides the configuration file. Blocks. */
final class SourceReader {
  private final LoadedConfig loaded;
  private final GatewayConfig config;
  private final SourceState before;
  private final List<Problem> problems = new ArrayList<>();

  /** An instance of a source that is not available now. */
  private record Unasked(String place, Object version, Path folder) implements InstanceText {
    @Override
    public String text() throws IOException {
      throw new IOException("not to be read now");
    }
  }

  SourceReader(LoadedConfig loaded, SourceState before) {
    this.loaded = loaded;
    this.config = loaded.config();
    this.before = before;
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
    var contributions = new Contributions(config.listeners(), before.inForce(), claims, usability);
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

  private BucketListing bucket(@Nullable BucketListing listing) {
    InstancesBucketConfig section = config.instancesBucket();
    if (section == null) {
      return BucketListing.NONE;
    }
    if (listing != null && listing.bucket().equals(section.name())) {
      return listing;
    }
    if (!before.bucket().equals(BucketListing.NONE)) {
      return before.bucket();
    }
    try {
      BucketListing kept = new BucketState(section.state()).read();
      if (kept.bucket().isEmpty() || kept.bucket().equals(section.name())) {
        return kept;
      }
      problems.add(
          loaded
              .source()
              .problem("instances-bucket.state", "of bucket " + kept.bucket(), section.name()));
    } catch (IOException e) {
      problems.add(loaded.source().problem("instances-bucket.state", e.toString(), ""));
    }
    return BucketListing.NONE;
  }

  private Path folder() {
    return Path.of(loaded.source().file()).toAbsolutePath().normalize().resolveSibling("");
  }
}
