package io.harborgateway.control;

import io.harborgateway.route.Instance;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.watch.ManyFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The certificate files of a snapshot's instances that are not in memory: one group per instance.
 * Immutable.
 *
 * <p>A file, or folder, named after the instance's GUID, as in a catalogue, is found by that name:
 * 100,000 instances take 6 MB. The paths of other files are kept.
 */
final class UnreadCertificates implements ManyFiles.Groups {
  private final Snapshot snapshot;

  /** Indexes into the snapshot's route table. */
  private final List<Integer> indexes = new ArrayList<>();

  private final Map<String, Integer> groupsByGuid = new HashMap<>();

  /** Of other files, which instances may share. */
  private final Map<Path, List<Integer>> groupsByPath = new HashMap<>();

  private final Set<Path> folders = new HashSet<>();

  UnreadCertificates(Snapshot snapshot) {
    this.snapshot = snapshot;
    List<Instance> instances = snapshot.routes().instances();
    for (int i = 0; i < instances.size(); i++) {
      if (!snapshot.isKnown(instances.get(i))) {
        add(instances.get(i), i);
      }
    }
  }

  /** Whether the snapshot has such certificates at all. */
  static boolean areIn(Snapshot snapshot) {
    return snapshot.routes().instances().stream().anyMatch(each -> !snapshot.isKnown(each));
  }

  private void add(Instance instance, int index) {
    int group = indexes.size();
    indexes.add(index);
    String guid = instance.guid().value();
    groupsByGuid.put(guid, group);
    for (Path file : files(group)) {
      addFolder(file.resolveSibling(""), guid);
      if (!isNamedAfter(file, guid)) {
        groupsByPath.computeIfAbsent(file, first -> new ArrayList<>(1)).add(group);
      }
    }
  }

  /** A folder of the instance's own may not be there. */
  private void addFolder(Path folder, String guid) {
    if (!stem(folder).equals(guid) || Files.isDirectory(folder)) {
      folders.add(folder);
    }
  }

  /** Whether the file, or its folder, has a name that begins with the GUID. */
  private static boolean isNamedAfter(Path file, String guid) {
    return stem(file).equals(guid) || stem(file.resolveSibling("")).equals(guid);
  }

  private static String stem(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.indexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }

  /** Returns the index of the group's instance in the snapshot's route table. */
  int index(int group) {
    return indexes.get(group);
  }

  @Override
  public int count() {
    return indexes.size();
  }

  @Override
  public List<Path> files(int group) {
    return files(snapshot, snapshot.routes().instances().get(indexes.get(group)));
  }

  /** Returns the files of an instance of the snapshot, as its group has them. */
  static List<Path> files(Snapshot snapshot, Instance instance) {
    return snapshot.certificates().place(instance).files();
  }

  @Override
  public List<Integer> groups(Path file) {
    List<Integer> shared = groupsByPath.getOrDefault(file, List.of());
    Integer own = groupsByGuid.get(stem(file));
    if (own == null) {
      own = groupsByGuid.get(stem(file.resolveSibling("")));
    }
    if (own == null || shared.contains(own) || !files(own).contains(file)) {
      return shared;
    }
    List<Integer> all = new ArrayList<>(shared);
    all.add(own);
    return all;
  }

  @Override
  public Set<Path> folders() {
    return folders;
  }
}
