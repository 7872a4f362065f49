/** The script next to the manifests that submits them in order. */
import { prepareFile } from './manifest.js';

/** Returns a script that submits the manifests in these files, those after the preparation once it is done. */
export function applyScript(name: string, files: readonly string[]): string {
  const apply = (file: string) => `kubectl apply --server-side "$@" -f ${file}`;
  const prepared = files.flatMap((file) => (file === prepareFile ? [apply(file), 'prepared "$@"'] : [apply(file)]));
  return `#!/bin/sh
# Submits the manifests next to this script. Arguments go to kubectl, such as --namespace NAME.
set -eu
cd "$(dirname "$0")"

# Waits until the preparation is done; ends the script if it failed.
prepared() {
  until kubectl wait "$@" --for=condition=Complete --timeout=30s job/${name}-prepare 2>/dev/null; do
    if kubectl wait "$@" --for=condition=Failed --timeout=1s job/${name}-prepare 2>/dev/null; then
      echo "the preparation failed; see: kubectl logs job/${name}-prepare --all-containers" >&2
      exit 1
    fi
  done
}

${prepared.join('\n')}
`;
}
