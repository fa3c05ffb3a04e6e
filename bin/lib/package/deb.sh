# shellcheck shell=sh disable=SC2154 # the variables of bin/package
# Sourced by bin/package: the Debian package.

package_deb() {
  tree=$output/deb
  name=harbor-gateway
  rm -rf "$tree"
  deb_tree
  deb_metadata
  package=$output/${name}_${version}_$arch.deb
  # gzip: 54 MB in 5 s; xz makes it 44 MB in a minute.
  dpkg-deb --root-owner-group -Zgzip --build "$tree" "$package" >/dev/null
  printf '%s\n' "$package"
}

deb_tree() {
  lib=$tree/usr/lib/$name
  share=$tree/usr/share
  doc=$share/doc/$name
  mkdir -p "$lib" "$doc" "$share/$name" "$tree/usr/bin" "$tree/DEBIAN"
  cp -a "$stage/bin" "$stage/lib" "$stage/runtime" "$lib/"
  ln -s "../lib/$name/bin/$name" "$tree/usr/bin/$name"
  cp -a "$stage/share/man" "$stage/share/bash-completion" "$share/"
  find "$share/man" -type f -exec gzip -9n {} +
  cp -a "$stage/share/gateway.schema.json" "$share/$name/"
  cp -a "$stage/share/doc/." "$doc/"
  cp -a "$stage/share/examples" "$doc/"
  cp packaging/debian/copyright "$doc/"
  deb_changelog | gzip -9n >"$doc/changelog.gz"
  deb_file lintian-overrides 644 "$share/lintian/overrides/$name"
  deb_file gateway.yml 644 "$tree/etc/$name/gateway.yml"
  deb_file default 644 "$tree/etc/default/$name"
  deb_file logrotate 644 "$tree/etc/logrotate.d/$name"
  mkdir -p "$tree/usr/lib/systemd/system"
  install -m 644 packaging/systemd/$name.service "$tree/usr/lib/systemd/system/"
  mkdir -p "$tree/etc/$name/certificates" "$tree/etc/$name/instances.d" \
    "$tree/var/lib/$name" "$tree/var/log/$name"
  # dpkg-deb keeps modes: whatever the checkout's are.
  chmod -R u=rwX,go=rX "$tree"
}

deb_file() {
  install -D -m "$2" "packaging/debian/$1" "$3"
}

deb_changelog() {
  cat <<END
$name ($version) unstable; urgency=medium

  * Built from the sources of this version.

 -- $(sed -n 's/^Maintainer: //p' packaging/debian/control)  $(date -R -d "@$SOURCE_DATE_EPOCH")
END
}

deb_metadata() {
  for script in postinst prerm postrm; do deb_file "$script" 755 "$tree/DEBIAN/$script"; done
  deb_file conffiles 644 "$tree/DEBIAN/conffiles"
  (
    cd "$tree"
    # As dpkg-gencontrol counts, whatever the file system's blocks are.
    size=$(find . -path ./DEBIAN -prune -o -type f -printf '%s\n' -o -printf '1024\n' |
      awk '{ kib += int(($1 + 1023) / 1024) } END { print kib }')
    sed "s/@VERSION@/$version/; s/@ARCH@/$arch/; s/@SIZE@/$size/" \
      "$root/packaging/debian/control" >DEBIAN/control
    find . -path ./DEBIAN -prune -o -path ./etc -prune -o -type f -printf '%P\0' |
      sort -z | xargs -0 md5sum >DEBIAN/md5sums
  )
}
