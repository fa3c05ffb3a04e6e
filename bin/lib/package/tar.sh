# shellcheck shell=sh disable=SC2154 # the variables of bin/package
# Sourced by bin/package: the tree as it is, to be unpacked anywhere.

package_tar() {
  archive=$output/harbor-gateway-$version-linux-$arch.tar.gz
  archive_of "$stage" "harbor-gateway-$version" | gzip -n >"$archive"
  printf '%s\n' "$archive"
}

# archive_of FOLDER NAME [OWNER]: its files below NAME as a tar archive that depends on nothing else.
archive_of() {
  tar -C "$1" --create --format=ustar --sort=name --mtime="@$SOURCE_DATE_EPOCH" \
    --owner="${3:-0}" --group="${3:-0}" --numeric-owner --transform="s|^\.|$2|" .
}
