#!/usr/bin/env bash
# Measures, and prints medians and ratios.
#
#   verify/bench.sh [--seconds=10] [--rounds=3] [--clients=1,16] [--modes=simple,extended,prepared]
#                   [--tls=on|off] [--results=on|off]
#       the gateway beside HAProxy (TCP), PgBouncer (session mode) and a direct connection, in one go
#   verify/bench.sh recording [--seconds=10] [--rounds=5] [--clients=1,16] [--modes=prepared] [--tls=on|off]
#                   [--fsync=off|on] [--logs=strict,buffered]
#       the gateway that records beside the same gateway that does not; the target syncs, or it does not
#   verify/bench.sh log DIRECTORY [ROUNDS]
#       the audit log alone beside raw writes, on the disk that the directory is on
#
# It builds and packages first. Everything listens on loopback, lives in a temporary directory and is stopped at the end.
set -euo pipefail
root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

what=peers
case ${1:-} in
  recording | log)
    what=$1
    shift
    ;;
esac

export PATH=$PATH:/usr/sbin:/sbin
needed=()
case $what in
  peers) needed=(pgbench:postgresql-contrib psql:postgresql-client haproxy:haproxy pgbouncer:pgbouncer) ;;
  recording) needed=(pgbench:postgresql-contrib) ;;
esac
missing=()
for program in ${needed[@]+"${needed[@]}"}; do
  command -v "${program%%:*}" >/dev/null || missing+=("${program%%:*} (Debian: apt install ${program#*:})")
done
if [ ${#missing[@]} -gt 0 ]; then
  printf 'bench: not on the PATH: %s\n' "${missing[@]}" >&2
  echo "bench: an installation may start services of its own; they are not needed here" >&2
  exit 2
fi

for home in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release" 2>/dev/null || true)
  if [ "${version:-0}" -ge 25 ] && [ -x "$home/bin/javac" ]; then
    export JAVA_HOME=$home
    break
  fi
done

maven=$root/mvnw
"$maven" --version >/dev/null 2>&1 || maven=mvn

module=verify main=dev.sallyport.verify.Benchmark
case $what in
  recording) main=dev.sallyport.verify.RecordingBenchmark ;;
  log)
    module=core main=dev.sallyport.core.audit.AuditLogBenchmark
    set -- "$(mkdir -p "${1:?the directory to write in}" && cd "$1" && pwd)" "${@:2}"
    ;;
esac
classpath=$root/$module/target/bench.classpath
echo "bench: building" >&2
"$maven" -B -q -f "$root/pom.xml" -pl "$module" -am -DskipTests -Dspotless.check.skip package \
  dependency:build-classpath -Dmdep.outputFile="$classpath" -Dmdep.includeScope=test >&2

cd "$root/$module"
exec "$JAVA_HOME/bin/java" -cp "target/test-classes:target/classes:$(cat "$classpath")" "$main" "$@"
