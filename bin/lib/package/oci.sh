# shellcheck shell=sh disable=SC2154 # the variables of bin/package
# Sourced by bin/package: the image, as an archive of an OCI layout. No Docker is needed for it.
#
# Its base is what the program runs of this machine's Debian: the C library, a shell and four programs
# for the launcher, with the libraries that ldd finds for them. There is no package manager, and nothing
# to fetch anything with.

# distroless's `nonroot`, by which some clusters recognize it.
image_user=65532

package_oci() {
  bin/lib/install-missing jq
  layout=$output/oci
  rm -rf "$layout"
  mkdir -p "$layout/blobs/sha256" "$layout/layers"
  : >"$layout/diff_ids"
  : >"$layout/descriptors"
  image_base "$layout/layers/base"
  image_program "$layout/layers/program"
  image_folders "$layout/layers/folders"
  image_layer base 0
  image_layer folders "$image_user"
  image_layer program 0
  if [ "${HARBOR_GATEWAY_AOT:-on}" = on ]; then
    image_cache "$layout/layers/program" "$layout/layers/cache"
    image_layer cache 0
  fi
  image_index
  archive=$output/harbor-gateway-$version-linux-$arch.oci.tar
  rm -rf "$layout/layers" "$layout/diff_ids" "$layout/descriptors"
  archive_of "$layout" . >"$archive"
  printf '%s\n' "$archive"
}

image_base() {
  mkdir -p "$1/etc" "$1/usr/bin" "$1/var/lib/dpkg/status.d"
  for link in bin lib lib64 sbin; do ln -s "usr/$link" "$1/$link"; done
  mkdir -p "$1/usr/lib" "$1/usr/lib64" "$1/usr/sbin"
  for program in sh readlink stat cat timeout; do image_program_of "$1" "/usr/bin/$program"; done
  for file in "$stage"/runtime/bin/java "$stage"/runtime/lib/*.so \
    "$stage"/runtime/lib/server/libjvm.so "$stage"/lib/native/*; do
    image_libraries "$1" "$file"
  done
  # The C library looks for it when a thread ends.
  image_file "$1" "$(ldconfig -p | sed -n '/libgcc_s.so.1 /{s/.*=> //p;q}')"
  {
    echo "root:x:0:0:root:/:/usr/sbin/nologin"
    echo "harbor-gateway:x:$image_user:$image_user::/var/lib/harbor-gateway:/usr/sbin/nologin"
  } >"$1/etc/passwd"
  printf '%s\n' root:x:0: "harbor-gateway:x:$image_user:" >"$1/etc/group"
  echo "hosts: files dns" >"$1/etc/nsswitch.conf"
}

# image_program_of ROOT FILE: a program of this machine with its libraries.
image_program_of() {
  image_file "$1" "$2"
  image_libraries "$1" "$2"
}

# image_libraries ROOT FILE: those of this machine that the file is linked with.
image_libraries() {
  for library in $(ldd "$2" | sed -n 's/.*[ \t]\(\/\(usr\/\)\{0,1\}lib[^ ]*\) (0x.*/\1/p'); do
    image_file "$1" "$library"
  done
}

# image_file ROOT FILE: the file, its licence, and what dpkg says of its package, in the place where scanners
# look for it in images without dpkg.
image_file() {
  copy=$1$(readlink -f "${2%/*}")/${2##*/}
  [ ! -e "$copy" ] || return 0
  mkdir -p "${copy%/*}"
  cp -L "$2" "$copy"
  package=$(dpkg-query -S "$(readlink -f "$2")" "${2#/usr}" 2>/dev/null | sed -n '/^diversion/d; s/: .*//p; q')
  [ -n "$package" ] || return 0
  package=${package%%:*}
  dpkg-query -s "$package" >"$1/var/lib/dpkg/status.d/$package"
  mkdir -p "$1/usr/share/doc/$package"
  cp -L "/usr/share/doc/$package/copyright" "$1/usr/share/doc/$package/"
}

image_program() {
  mkdir -p "$1/usr/lib/harbor-gateway" "$1/usr/bin" "$1/usr/share/doc"
  cp -a "$stage/bin" "$stage/lib" "$stage/runtime" "$1/usr/lib/harbor-gateway/"
  cp -a "$stage/share/doc" "$1/usr/share/doc/harbor-gateway"
  sed -n 's/^Package: //p; s/^Version: //p' "$layout"/layers/base/var/lib/dpkg/status.d/* | paste - - |
    jq -R 'split("\t") | {type: "library", name: .[0], version: .[1],
      purl: "pkg:deb/debian/\(.[0])@\(.[1])"}' |
    jq --slurpfile debian /dev/stdin '.components += $debian' "$stage/share/doc/sbom.cdx.json" \
      >"$1/usr/share/doc/harbor-gateway/sbom.cdx.json"
  ln -s ../lib/harbor-gateway/bin/harbor-gateway "$1/usr/bin/harbor-gateway"
}

# The only ones that are the user's; the configuration is mounted.
image_folders() {
  mkdir -p "$1/etc/harbor-gateway" "$1/var/lib/harbor-gateway" "$1/var/log/harbor-gateway" \
    "$1/run/harbor-gateway" "$1/tmp"
  chmod 1777 "$1/tmp"
}

# Made here, since a container's root is read only; the one layer that two builds have differently. The
# JVM compares times.
image_cache() {
  program=usr/lib/harbor-gateway
  find "$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  "$1/$program/bin/harbor-gateway" prepare
  mkdir -p "$2/$program/lib"
  mv "$1/$program/lib/harbor-gateway.aot" "$1/$program/lib/harbor-gateway.aot.key" "$2/$program/lib/"
}

# image_layer NAME OWNER
image_layer() {
  archive_of "$layout/layers/$1" . "$2" >"$layout/layer"
  sha256sum <"$layout/layer" | cut -d' ' -f1 >>"$layout/diff_ids"
  gzip -n "$layout/layer"
  image_blob "$layout/layer.gz" application/vnd.oci.image.layer.v1.tar+gzip >>"$layout/descriptors"
}

# image_blob FILE TYPE: moves it to its place, and prints its descriptor.
image_blob() {
  digest=$(sha256sum <"$1" | cut -d' ' -f1)
  jq -n --arg type "$2" --arg digest "sha256:$digest" --argjson size "$(stat -c %s "$1")" \
    '{mediaType: $type, digest: $digest, size: $size}'
  mv "$1" "$layout/blobs/sha256/$digest"
}

image_index() {
  jq -n --arg arch "$arch" --arg version "$version" --arg user "$image_user" \
    --arg created "$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)" \
    --rawfile diffs "$layout/diff_ids" --slurpfile image packaging/docker/image.json '
      $image[0] * {created: $created, architecture: $arch, os: "linux",
        config: {User: "\($user):\($user)",
          Labels: {"org.opencontainers.image.version": $version}},
        rootfs: {type: "layers", diff_ids: [$diffs | split("\n")[] | select(. != "") | "sha256:" + .]}}' \
    >"$layout/config"
  image_blob "$layout/config" application/vnd.oci.image.config.v1+json >"$layout/config.json"
  jq -n --slurpfile config "$layout/config.json" --slurpfile layers "$layout/descriptors" \
    '{schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: $config[0], layers: $layers}' >"$layout/manifest"
  image_blob "$layout/manifest" application/vnd.oci.image.manifest.v1+json >"$layout/manifest.json"
  jq -n --slurpfile manifest "$layout/manifest.json" --arg version "$version" --arg arch "$arch" \
    '{schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json",
      manifests: [$manifest[0] + {platform: {architecture: $arch, os: "linux"},
        annotations: {"org.opencontainers.image.ref.name": $version}}]}' >"$layout/index.json"
  echo '{"imageLayoutVersion": "1.0.0"}' >"$layout/oci-layout"
  rm "$layout/config.json" "$layout/manifest.json"
}
