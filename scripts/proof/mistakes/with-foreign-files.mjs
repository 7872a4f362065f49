// @ts-check
/** Mistakes with spreadsheet tables, YAML 1.1 and weights in foreign formats. */
/** @typedef {import('./mistake.mjs').Mistake} Mistake */

/**
 * A mistake in a table for `calibrate`.
 *
 * @param {string} about
 * @param {string | Uint8Array} content
 * @param {string} says
 * @param {string[]} words
 * @returns {Mistake}
 */
const table = (about, content, says, words = []) => ({
  about,
  prepare: (world) => world.write('mistake.csv', content),
  run: ['calibrate', 'mistake.csv', ...words],
  code: 3,
  says: `mistake.csv${says}`,
});

/**
 * A mistake in a file for `--weights`.
 *
 * @param {string} about
 * @param {string} name
 * @param {string | Uint8Array} content
 * @param {string} says
 * @returns {Mistake}
 */
const weights = (about, name, content, says) => ({
  about,
  prepare: (world) => world.write(name, content),
  run: ['eval', 'teacher.yaml', '--weights', name, '--folder', 'set'],
  code: 4,
  says: `${name}: ${says}`,
});

/**
 * A mistake in the config out of a habit from YAML 1.1.
 *
 * @param {string} about @param {string} from @param {string} to @param {string} says @returns {Mistake}
 */
const habit = (about, from, to, says) => ({
  about,
  prepare: (world) => world.edit('search.yaml', from, to, 'mistake.yaml'),
  run: ['validate', 'mistake.yaml'],
  code: 3,
  says: `mistake.yaml:${says}`,
});

const rows = 'mnv4-conv-s;224;2,4\nmnv4-conv-m;256;8,1\n';
const device = 'peakMacsPerMs: 1e6\npeakBytesPerMs: 1e5\nbytesPerWeight: 1\nbytesPerActivation: 1\nsource: made up\n';
const pickled = Buffer.concat([
  Buffer.from('504b030400000800', 'hex'),
  Buffer.alloc(18),
  Buffer.from('10000000', 'hex'),
  Buffer.from('archive/data.pkl'),
]);

/** @type {Mistake[]} */
export const foreign = [
  table(
    'numbers that may be thousands',
    'network;resolution;ms\nmnv4-conv-s;224;1.234\nmnv4-conv-m;256;2\n',
    ':2:17: ms: expected a number that reads in one way only; got 1.234: write 1234 or 1.2340',
  ),
  table(
    'a decimal point among decimal commas',
    `network;resolution;ms\n${rows}mobilenet-v2;224;3.1\n`,
    ':4:18: ms: expected a decimal comma, as in 2,4 on line 2; got 3.1',
  ),
  table(
    'decimal commas between commas',
    'network,resolution,ms\nmnv4-conv-s,224,2,4\n',
    ':2:1: expected 3 cells, as in the header; got 4: a comma within a cell, decimal ones too, needs quotes',
  ),
  table(
    'a table in Latin-1',
    Buffer.from(`network;resolution;ms;für\n${rows}`, 'latin1'),
    ':1:24: expected UTF-8 text; got bytes of another encoding or of no text\nwhat to do: save the table as text: "CSV UTF-8" where the spreadsheet offers it',
  ),
  table(
    'latencies in another unit than ms',
    'network,resolution,ms\nmnv4-conv-s,224,2e8\nmnv4-conv-m,256,8e8\n',
    ': peakBytesPerMs: expected latencies that give a number of bytes per ms from 1 to 1e15; got …\nwhat to do: check that the latencies are in ms, --ridge and --overhead',
  ),
  table(
    'one network under three names',
    'network,resolution,ms\nmnv4-conv-s,224,2\nmnv4-conv-s-1x,224,2.1\nmnv4-conv-s,224,2.2\n',
    ': expected rows of at least 2 networks, one for each figure to fit; got 1\nwhat to do: measure more networks, or fix the ridge point with --ridge',
  ),
  {
    about: 'a network measured twice in one command',
    run: ['measure', 'teacher.yaml', 'teacher.yaml@8'],
    code: 2,
    says: 'measure: expected each network once; got teacher.yaml@8 again\nwhat to do: measure each network more often with --repeats',
  },
  {
    about: 'two accuracies of one network',
    run: ['roofline', 'mnv4-conv-s', '--accuracy', 'mnv4-conv-s=0.7', '--accuracy', 'mnv4-conv-s=0.8'],
    code: 2,
    says: "error: option '--accuracy <network=share>' argument 'mnv4-conv-s=0.8' is invalid. expected each network once; got mnv4-conv-s again.",
  },
  {
    about: 'two devices with the same name',
    prepare: (world) => {
      for (const folder of ['here', 'there']) world.write(`${folder}/phone.yaml`, device);
      const latency = (/** @type {string} */ folder) => `{ cost: latency, device: ${folder}/phone.yaml, targetMs: 1 }`;
      world.edit(
        'search.yaml',
        '{ cost: macs, target: 12000 }',
        `${latency('here')}\n  - ${latency('there')}`,
        'mistake.yaml',
      );
    },
    run: ['validate', 'mistake.yaml'],
    code: 3,
    says: 'mistake.yaml:6:30: cost[1].device: expected a cost that no other entry has; got latencyMs@phone again: rename the file of one of the devices',
  },
  habit(
    'a number with a leading zero',
    'seed: 3',
    'seed: 010',
    '2:7: expected a number without leading zeros, which YAML 1.1 takes for octal; got 010: write 10, or 8 where that was octal, or "010" for a text',
  ),
  habit(
    'yes for true',
    'refine: uib.refine',
    'refine: uib.refine\n  warmStart: yes',
    '19:14: fine.warmStart: expected true or false; got yes, a text in YAML 1.2: write true',
  ),
  habit(
    'underscores in a number',
    'steps: 40',
    'steps: 1_000',
    '7:10: search.steps: expected a number of steps from 1 to 10000000; got 1_000, a text in YAML 1.2: write 1000',
  ),
  habit(
    'a merge key',
    'search:\n',
    'search:\n  <<: { batch: 8 }\n',
    '7:3: expected the keys themselves; got the merge key <<, which is not part of YAML 1.2: write them out',
  ),
  habit(
    'a config of YAML 1.1',
    'name: small\n',
    '%YAML 1.1\n---\nname: small\n',
    '1:1: expected YAML 1.2; got the directive %YAML 1.1: leave it out',
  ),
  habit('a name that is a number', 'name: small', 'name: 2024', '1:7: name: expected a name in quotes; got 2024'),
  {
    about: 'on for true, set on the command line',
    run: ['validate', 'search.yaml', '--set', 'fine.warmStart=on'],
    code: 3,
    says: '--set fine.warmStart=on: fine.warmStart: expected true or false; got on, a text in YAML 1.2: write true',
  },
  weights(
    'a checkpoint of PyTorch as weights',
    'model.pth',
    pickled,
    'expected safetensors; got a PyTorch checkpoint\nwhat to do: convert it, in Python:\nimport torch; …\nsave_file(…, "model.safetensors")',
  ),
  weights(
    'a web page as weights',
    'page.safetensors',
    '<!doctype html>\n<html></html>\n',
    'expected safetensors; got a web page\nwhat to do: download the file itself instead of the page that shows it …',
  ),
  weights(
    'a pointer of Git LFS as weights',
    'pointer.safetensors',
    'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n',
    'expected safetensors; got a pointer of Git LFS\nwhat to do: fetch the file that it stands for: git lfs pull',
  ),
  weights(
    'safetensors named as ONNX',
    'model.onnx',
    Buffer.from('\x02\0\0\0\0\0\0\0{}'),
    'expected an ONNX model; got safetensors\nwhat to do: give it a name that ends in .safetensors',
  ),
];
