# shellcheck shell=sh
# Sourced by the scripts of bin/: finding a Java 25, and running Maven with it.

# The version that the program is compiled for, and with.
java_version=25

# Prints the home of the first Java $java_version that has the program bin/$1 (java, javac): of
# JAVA_HOME, of the folders in $HARBOR_GATEWAY_JVMS (default: /usr/lib/jvm/*), of the java on PATH.
# Prints nothing and fails when there is none. Reads each home's `release` file instead of running
# `java -version`, which would cost a start of a JVM for each candidate.
java_home() {
  for home in "${JAVA_HOME:-}" "${HARBOR_GATEWAY_JVMS:-/usr/lib/jvm}"/* "$(java_on_path)"; do
    if [ -x "$home/bin/$1" ] &&
      grep -Eqs "^JAVA_VERSION=\"$java_version([.+-][^\"]*)?\"" "$home/release"; then
      printf '%s\n' "$home"
      return 0
    fi
  done
  return 1
}

# The home of the java on PATH, behind any links (such as those of update-alternatives).
java_on_path() {
  on_path=$(command -v java) && dirname "$(dirname "$(readlink -f "$on_path")")"
}

# Says on standard error what $1 lacks and how to get it, and ends with EX_UNAVAILABLE.
java_is_missing() {
  cat >&2 <<EOF
$1: no JDK $java_version found (looked at JAVA_HOME, ${HARBOR_GATEWAY_JVMS:-/usr/lib/jvm}/* and PATH).
Install one: apt-get install openjdk-$java_version-jdk-headless (or any other build of JDK $java_version), or set JAVA_HOME to it.
EOF
  exit 69
}

# maven JDK ARGUMENT…: runs Maven so that the build finds that JDK, whatever Maven itself runs on.
maven() {
  if ! command -v mvn >/dev/null; then
    echo "Maven is missing: apt-get install maven" >&2
    exit 69
  fi
  (
    export JAVA25_HOME="$1" # the toolchain is looked for in such variables too
    command -v java >/dev/null || export JAVA_HOME="${JAVA_HOME:-$1}"
    shift
    exec mvn -B "$@"
  )
}
