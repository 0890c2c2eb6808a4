#!/usr/bin/env bash
# The gateway beside HAProxy (TCP), PgBouncer (session mode) and a direct connection, in one go, as ratios.
#
#   verify/bench.sh [--seconds=10] [--rounds=3] [--clients=1,16] [--modes=simple,extended,prepared]
#                   [--tls=on|off] [--results=on|off]
#
# It builds and packages first. Everything listens on loopback, lives in a temporary directory and is stopped at the end.
set -euo pipefail
root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

export PATH=$PATH:/usr/sbin:/sbin
missing=()
for program in pgbench:postgresql-contrib psql:postgresql-client haproxy:haproxy pgbouncer:pgbouncer; do
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
classpath=$root/verify/target/bench.classpath
echo "bench: building" >&2
"$maven" -B -q -f "$root/pom.xml" -pl verify -am -DskipTests -Dspotless.check.skip package \
  dependency:build-classpath -Dmdep.outputFile="$classpath" -Dmdep.includeScope=test >&2

cd "$root/verify"
exec "$JAVA_HOME/bin/java" -cp "target/test-classes:$(cat "$classpath")" dev.sallyport.verify.Benchmark "$@"
