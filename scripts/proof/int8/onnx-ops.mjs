// The ops of an ONNX file, in their order, as names: those of other domains than ONNX's have their domain before them.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { Root } = createRequire(import.meta.url)('protobufjs/light.js');
const nested = {
  Model: { fields: { graph: { type: 'Graph', id: 7 } } },
  Graph: { fields: { node: { type: 'Node', id: 1, rule: 'repeated' } } },
  Node: { fields: { opType: { type: 'string', id: 4 }, domain: { type: 'string', id: 7 } } },
};

/**
 * @param {string} file
 * @returns {string[]}
 */
export function onnxOps(file) {
  const { graph } = Root.fromJSON({ nested }).lookupType('Model').decode(readFileSync(file));
  return graph.node.map(({ opType, domain }) => (domain === '' ? opType : `${domain}.${opType}`));
}
