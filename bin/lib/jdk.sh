# shellcheck shell=sh
# Sourced by the scripts of bin/: finding a Java 25, and running Maven with it.

# The version that the program is compiled for, and with.
java_version=25

# What each JVM of the gateway and its benchmarks runs with, to be split: the libraries may use native
# code and Unsafe, and the serial collector suits what keeps its data off the heap.
# shellcheck disable=SC2034
java_options="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -XX:+UseSerialGC"

# Prints the home of the first Java $java_version that has the program bin/$1 (java, javac): of
# JAVA_HOME, of the folders in $HARBOR_GATEWAY_JVMS (default: /usr/lib/jvm/*), of the java on PATH.
# Prints nothing and fails when there is none.
java_home() {
  find_java "$1" && printf '%s\n' "$java"
}

# The same into the variable java; its full version is then in java_version_string.
find_java() {
  for java in "${JAVA_HOME:-}" "${HARBOR_GATEWAY_JVMS:-/usr/lib/jvm}"/*; do
    if is_java "$1"; then return 0; fi
  done
  java=$(java_on_path) && is_java "$1"
}

# Reads the home's `release` file instead of running `java -version`, which would cost a start of a
# JVM for each candidate; and without any other program, since each start of the gateway does this.
is_java() {
  [ -x "$java/bin/$1" ] && [ -r "$java/release" ] || return 1
  feature=
  java_version_string=
  while IFS='=' read -r name value; do
    case $name in
      JAVA_VERSION) feature=${value#\"} feature=${feature%%[\".+-]*} ;;
      IMPLEMENTOR | JAVA_RUNTIME_VERSION | OS_ARCH)
        java_version_string="$java_version_string$value " ;;
    esac
  done <"$java/release"
  [ "$feature" = "$java_version" ]
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
