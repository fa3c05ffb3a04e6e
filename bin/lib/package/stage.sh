# shellcheck shell=sh disable=SC2154 # the variables of bin/package
# Sourced by bin/package: the tree that each package is made from.

# The modules of the JDK that the program uses. jdeps also names java.desktop and java.sql, for classes
# of libraries that nothing here calls: PackageIT compares. jdk.httpserver is for the demo, which also
# makes the AOT cache; jdk.jcmd for thread dumps.
modules=java.base,java.logging,java.management,java.naming,java.net.http,java.xml
modules=$modules,jdk.httpserver,jdk.jcmd,jdk.jfr,jdk.management,jdk.unsupported

# Makes $stage: bin, lib, runtime, and share with everything that is not needed for a run.
stage_all() {
  bin/lib/install-missing help2man jq
  bin/harbor-gateway --version >/dev/null # builds what is outdated
  rm -rf "$stage"
  mkdir -p "$stage/bin/lib" "$stage/lib/native" "$stage/share"
  cp bin/harbor-gateway "$stage/bin/"
  cp bin/lib/jdk.sh bin/lib/aot.sh "$stage/bin/lib/"
  stage_libraries
  stage_runtime
  stage_share
  stage_bill
  # dpkg and tar keep modes: whatever the checkout's are.
  chmod -R u=rwX,go=rX "$stage"
}

stage_libraries() {
  target=$root/gateway/target
  cp "$target/harbor-gateway.jar" "$target"/signed/*.jar "$stage/lib/"
  cp "$target"/native/*"_$netty_arch.so" "$stage/lib/native/"
  chmod 644 "$stage"/lib/native/*
  # The launcher compares it with what an AOT cache was made for: all jars have the same time here.
  (cd "$stage/lib" && sha256sum -- *.jar >SHA256SUMS)
}

# Natives and Java are of this machine's architecture.
stage_runtime() {
  "$java/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages \
    --generate-cds-archive --output "$stage/runtime" >/dev/null
  # For a heap above 32 GiB.
  rm -f "$stage/runtime/lib/server/classes_nocoops.jsa"
  # What jlink leaves out of it: the launcher knows a Java by these.
  grep -E '^(IMPLEMENTOR|JAVA_RUNTIME_VERSION|JAVA_VERSION_DATE|OS_ARCH|OS_NAME|LIBC)=' "$java/release" \
    >>"$stage/runtime/release"
}

stage_share() {
  mkdir -p "$stage/share/examples" "$stage/share/doc"
  cp config/examples/*.yml "$stage/share/examples/"
  cp config/gateway.schema.json "$stage/share/"
  cp README.md docs/*.md "$stage/share/doc/"
  completion=$stage/share/bash-completion/completions
  mkdir -p "$completion"
  program picocli.AutoComplete --force --name harbor-gateway \
    --completionScript "$completion/harbor-gateway" io.harborgateway.cli.Main
  sed -i '1{/^#!/d}' "$completion/harbor-gateway" # sourced, never run
  stage_manual
}

# The bill of materials of the build, with the Java that jlink took; and its licences as a list. Its digests
# of this build's own modules are left out: those jars are in no package, and have modes of the checkout.
stage_bill() {
  bill=$stage/share/doc/sbom.cdx.json
  jq --arg java "$(release JAVA_VERSION)" --arg build "$(release JAVA_RUNTIME_VERSION)" \
    --arg vendor "$(release IMPLEMENTOR)" --arg modules "$(release MODULES)" '
      .components |= map(if .group == "io.harborgateway" then del(.hashes) else . end) |
      .components += [{
        "bom-ref": "openjdk-runtime", type: "platform", name: "openjdk-runtime", version: $java,
        supplier: {name: $vendor}, description: "OpenJDK \($build): \($modules)",
        licenses: [{expression: "GPL-2.0-only WITH Classpath-exception-2.0"}],
        cpe: "cpe:2.3:a:oracle:openjdk:\($java):*:*:*:*:*:*:*"}]' \
    "$root/gateway/target/bom.json" >"$bill"
  {
    echo "What harbor-gateway $version contains of others, and under which licences. Of sbom.cdx.json."
    echo
    jq -r '.components[] | select(.group != "io.harborgateway") | "\([.group, .name] | map(select(. != null and . != "")) | join(":")) \(.version): \(
      [.licenses[]? | .expression // .license.id // .license.name] | unique | join(", "))"' "$bill" | sort -u
  } >"$stage/share/doc/THIRD-PARTY.txt"
}

# release KEY: what the file `release` of the runtime says.
release() {
  sed -n "s/^$1=\"\(.*\)\"/\1/p" "$stage/runtime/release"
}

# A page for the program, and one for each of its commands, of what --help says.
stage_manual() {
  manual=$stage/share/man/man1
  mkdir -p "$manual"
  manual_page "" "gateway in front of a Harbor registry on Cloud Foundry"
  for command in $(commands); do
    manual_page "$command" "command of harbor-gateway(1)"
    for sub in $(commands "$command"); do
      manual_page "$command $sub" "command of harbor-gateway-$command(1)"
    done
  done
}

# commands [COMMAND]: the names of its commands, of what --help says.
commands() {
  # shellcheck disable=SC2086 # none, or one
  program io.harborgateway.cli.Main ${1:-} --help |
    sed -n '/^Commands:/,$s/^  \([a-z][a-z-]*\) .*/\1/p'
}

# manual_page "COMMAND…" DESCRIPTION
manual_page() {
  page=harbor-gateway$(printf '%s' "${1:+ $1}" | tr ' ' -)
  # help2man runs a program, with --help. It takes each line of that for one of its own.
  cat >"$output/$page" <<END
#!/bin/sh
exec "$java/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dpicocli.usage.width=1000 \
  -cp "$stage/lib/*" io.harborgateway.cli.Main $1 "\$@"
END
  chmod +x "$output/$page"
  help2man --no-info --version-string="$version" --source="harbor-gateway $version" --name="$2" \
    --include=packaging/manual.h2m --output="$manual/$page.1" "$output/$page"
  rm "$output/$page"
}

# program CLASS ARGUMENT…: runs a class of the staged jars.
program() {
  "$java/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$stage/lib/*" "$@"
}
