#!/usr/bin/env bash
# ci-info 4.5.0: a variable that says "no" counts as "this is a CI machine", and so does any RUN_ID or BUILD_ID.
#
# Only CI=false is understood as no. CI=0, TRAVIS=false, DRONE=0 and CONTINUOUS_INTEGRATION=false all make isCI true, and
# so does a person's shell in which some other program left RUN_ID, BUILD_ID or CI_NAME. A program that stays silent on CI
# machines is then silent for this person, for good, without a word.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . ci-info@4.5.0
echo "import ci from 'ci-info'; process.stdout.write(String(ci.isCI))" > try.mjs
node=$(command -v node)
is_ci() { env -i "PATH=$PATH" "$@" "$node" try.mjs; }
expect() {
  local wanted=$1 seen
  shift
  seen=$(is_ci "$@")
  echo "$* -> isCI $seen"
  [ "$seen" = "$wanted" ] || { echo "expected $wanted"; exit 1; }
}
expect false LANG=C
expect false CI=false
expect true CI=0
expect true TRAVIS=false
expect true DRONE=0
expect true CONTINUOUS_INTEGRATION=false
expect true RUN_ID=7
expect true BUILD_ID=x
expect true CI_NAME=x
