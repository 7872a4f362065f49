#!/bin/sh
# Makes a copy of the repository ready to run without tools or a network: packages, native TensorFlow, our kernels, the
# program. Then removes what only building needs. The Dockerfile runs this; the library stays in MNV4_CACHE.
set -eu
cd "$(dirname "$0")/.."
if [ -e .git ]; then
  echo 'build.sh: expected a copy of the repository, since this removes its sources; got a clone' >&2
  exit 2
fi
node scripts/setup.mjs --onnx
npm prune --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
rm -rf src scripts test docs findings runs tsconfig*.json vitest.config.ts biome.json
