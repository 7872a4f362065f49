import { expect, it } from 'vitest';
import { latencyCsv } from '../../src/measure/latency-rows.js';

it('writes comments, a header and rows of five digits, with names in quotes where they need it', () => {
  const row = { name: '', network: 'mnv4-conv-s', resolution: 224, ms: 8.123456, deviation: 0.0123456, repeats: 15 };
  expect(latencyCsv([row, { ...row, network: 'a,"b".yaml', ms: 1234.5678 }], ['here', 'there'])).toBe(
    `# here
# there
network,resolution,ms,ms_deviation,repeats
mnv4-conv-s,224,8.1235,0.012346,15
"a,""b"".yaml",224,1234.6,0.012346,15
`,
  );
});
