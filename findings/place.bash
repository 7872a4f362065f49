# Sourced by each finding: a temporary folder that ends with the script, and packages installed into it.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

# python_with NAME==VERSION...: a virtual environment with these packages; `python` then runs a program from standard input.
python_with() {
  python3 -m venv "$place/venv"
  "$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary=:all: "$@"
}
python() {
  TF_CPP_MIN_LOG_LEVEL=3 "$place/venv/bin/python" -W ignore - "$@"
}

# node_with NAME@VERSION...: a folder with these packages; `module` then runs an ES module from standard input.
node_with() {
  echo '{ "private": true, "type": "module" }' >"$place/package.json"
  (cd "$place" && npm install --silent --no-audit --no-fund --ignore-scripts "$@")
}
module() {
  cat >"$place/main.mjs"
  (cd "$place" && node main.mjs 2> >(grep -v -e '^$' -e '^=*$' -e '^Hi, looks like' >&2))
}
