#!/usr/bin/env bash
# Puts PostgreSQL's grammar, compiled to WebAssembly, into the resources of this module. The build does not run this:
# the file is vendored, so that a JDK is all that a build needs.
#
# To move to another release:
#   1. Change the version in package.json and run  npm install --package-lock-only --omit-lockfile-registry-resolved
#   2. Run this script; it stops at the digest. Compare, then change libpg-query.sha256 and LibpgQuery.SHA_256.
#   3. Names of imports and exports are shortened anew with every release. Find the new ones in the package's
#      wasm/libpg-query.js, in assignWasmExports and wasmImports, and change LibpgQuery.
#   4. Look whether the licences in src/main/resources/META-INF/licenses and the version in NOTICE still hold.
set -euo pipefail
cd "$(dirname "$0")"

# The lock file's integrity field covers the whole package, npm checks it.
npm ci --ignore-scripts --no-audit --no-fund
sha256sum --check libpg-query.sha256

resources=../src/main/resources
install -m 644 node_modules/libpg-query/wasm/libpg-query.wasm \
  "$resources/dev/sallyport/sql/postgres/parser/libpg_query.wasm"
install -m 644 node_modules/libpg-query/LICENSE "$resources/META-INF/licenses/libpg-query-node.txt"
