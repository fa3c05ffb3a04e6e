# shellcheck shell=sh disable=SC2154 # the launcher's variables
# Sourced by bin/harbor-gateway: the AOT cache, a file beside the jar with classes already linked and
# with profiles of methods. It makes a start three times as fast, and is never needed for one.

# What a cache is made for: this Java, these options, these jars. The JVM itself looks at the Java
# only: with other jars it would run the classes of the old ones. Where they are counts for a cache that
# lies elsewhere; one beside them may move with them, as into an image.
aot_key() (
  printf '%s\n' "$java_version_string" "$jvm_options" "${HARBOR_GATEWAY_AOT_FOLDER:+$libraries}"
  cd "$libraries" && stat -L -c '%n %s %Y' -- "${jar#"$libraries/"}" ./*.jar
  # The jars of all packages have the same time.
  [ ! -f SHA256SUMS ] || cat SHA256SUMS
)

# Sets aot_cache to where it is: beside the jar, or in $HARBOR_GATEWAY_AOT_FOLDER, for those who can't
# write there. Who can write the cache can have its reader run anything.
aot_file() {
  aot_cache=${HARBOR_GATEWAY_AOT_FOLDER:-${jar%/*}}/harbor-gateway.aot
}

aot_is_current() {
  [ -s "$aot_cache" ] && [ -r "$aot_cache.key" ] && [ "$(aot_key)" = "$(cat "$aot_cache.key")" ]
}

# Sets aot_cache to the file to be used: empty where there is none, or only one for something else.
# In a checkout, which nobody installs, `run` ($1) makes it first. HARBOR_GATEWAY_AOT=off does without.
aot_find() {
  aot_file
  if [ "${HARBOR_GATEWAY_AOT:-on}" = on ]; then
    if aot_is_current; then return 0; fi
    if [ "$1" = run ] && [ -f "$root/pom.xml" ] && ! aot_was_tried && aot_prepare; then return 0; fi
  fi
  aot_cache=
}

# An empty file with its key: it could not be made, and must not be tried at each start.
aot_was_tried() {
  [ -f "$aot_cache" ] && [ ! -s "$aot_cache" ] && [ "$(aot_key)" = "$(cat "$aot_cache.key")" ]
}

# Makes the cache; fails, and says so, if it can't. Leaves nothing else behind, also if it is ended.
aot_prepare() {
  aot_file
  aot_remove_left
  new=$aot_cache.$$
  if ! (: >"$new") 2>/dev/null; then
    echo "harbor-gateway: ${aot_cache%/*}: not writable (expected: a place for the AOT cache)" >&2
    return 1
  fi
  echo "harbor-gateway: preparing fast starts…" >&2
  # In the background: a shell that waits for a program in the foreground heeds no signal.
  # shellcheck disable=SC2086
  "$java/bin/java" $jvm_options -Dharbor-gateway.home="$root" -cp "$class_path" \
    io.harborgateway.cli.AotTraining "$root/bin/harbor-gateway" "$new" >&2 9>&- &
  training=$!
  trap 'aot_end 129' HUP
  trap 'aot_end 130' INT
  trap 'aot_end 143' TERM
  made=1
  if wait "$training" && [ -s "$new" ]; then
    mv -f "$new" "$aot_cache"
    made=0
  else
    : >"$aot_cache"
    echo "harbor-gateway: no AOT cache could be made (it needs 110 MB in ${aot_cache%/*} for a moment);" \
      "starts are slower without" >&2
  fi
  aot_remove_new
  trap - HUP INT TERM
  aot_key >"$aot_cache.key"
  return $made
}

# aot_end CODE: on a signal.
aot_end() {
  kill "$training" 2>/dev/null || true
  wait "$training" || true
  aot_remove_new
  exit "$1"
}

# With the file that the JVM makes on the way to the cache.
aot_remove_new() {
  rm -f "$new" "$new.config"
}

# What those have left that were killed, each named by its process.
aot_remove_left() {
  for left in "$aot_cache".[0-9]*; do
    process=${left#"$aot_cache."}
    [ -d "/proc/${process%.config}" ] || rm -f "$left"
  done
}
