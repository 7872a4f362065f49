#!/usr/bin/env node
// Makes docs/config.md from the schemas of the files that people write. Run after `npm run build`:
//   node scripts/docs/config.mjs
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { deviceSchema } from '#networks/cost/device';
import { refinementSchema, spaceSchema } from '#networks/space/schema';
import { buildRecipeSchema } from '#tasks/distill/build-recipe';
import { searchConfigSchema } from '#tasks/search/config/config';
import { stageDefaults } from '#tasks/search/config/stage-settings';
import { studySchema } from '#tasks/study/study';
import { trainingRecipeSchema } from '#tasks/training/recipe';
import { docs, table } from './page.mjs';

const kinds = [
  {
    title: 'Search config',
    files: '`configs/*.yaml`',
    about:
      'The config of `search`, `coarse` and `fine`. A stage takes each setting from its own section, else from `search`, else the default.',
    schema: searchConfigSchema,
    defaults: { search: stageDefaults },
    isShown: (path) => !/^(coarse|fine)\.(?!space$|refine$|warmStart$)/.test(path),
  },
  {
    title: 'Training recipe',
    files: '`configs/recipes/*.train.yaml`',
    about: 'The training of one network from scratch by `train`; a study and a dataset recipe may name one too.',
    schema: trainingRecipeSchema,
  },
  {
    title: 'Dataset recipe',
    files: '`configs/recipes/*.dataset.yaml`',
    about: 'The images, augmentations and teachers from which `dataset build` makes a distillation set.',
    schema: buildRecipeSchema,
  },
  {
    title: 'Study',
    files: '`configs/studies/*.study.yaml`',
    about: 'Ways to search (arms) that `study` compares by training the networks they find stand-alone.',
    schema: studySchema,
  },
  {
    title: 'Space or network',
    files: '`search-spaces/*.yaml`',
    about: 'A scalar is a fixed value, a list of options is a choice; a space without choices is a network.',
    schema: spaceSchema,
    isShown: (path) => !path.includes('.oneOf[]'),
  },
  {
    title: 'Refinement',
    files: '`search-spaces/*.refine.yaml`',
    about: 'The options that the fine stage opens in the coarse result.',
    schema: refinementSchema,
  },
  {
    title: 'Device',
    files: '`configs/devices/*.yaml`',
    about: 'A roofline, or a table of measured layers (then with `table` in place of the peaks).',
    schema: deviceSchema,
  },
];

/**
 * Every key of every kind of file: its path, in which `[]` stands for the entries of a list, and its schemas' texts. A
 * key that several forms of a mapping have, such as the kinds of block, gets one row for each meaning.
 */
export function configKeys() {
  return kinds.map(({ schema, isShown = () => true, defaults = {}, ...kind }) => {
    const rows = new Map();
    for (const key of keysOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), '')) {
      if (!isShown(key.path)) continue;
      const id = `${key.path}\n${key.meaning}`;
      const row = rows.get(id) ?? { ...key, values: [], of: [], default: key.default ?? at(defaults, key.path) };
      rows.set(id, { ...row, values: united(row.values, key.values), of: united(row.of, key.of) });
    }
    return { ...kind, rows: [...rows.values()] };
  });
}

export function configPage() {
  const sections = configKeys().map(({ title, files, about, rows }) => {
    const cells = rows.map(({ path, meaning, values, of, kinds: all, default: byDefault, isRequired }) => [
      `\`${path}\`${of.length > 0 && of.length < all ? ` (${of.join(', ')})` : ''}`,
      `${meaning}.`,
      byDefault === undefined ? (isRequired ? 'required' : '') : `\`${JSON.stringify(byDefault)}\``.replaceAll('"', ''),
      values.join('; '),
    ]);
    return `## ${title}\n${files}: ${about}\n\n${table(['key', 'meaning', 'default', 'values'], cells)}\n`;
  });
  return `${head}${sections.join('\n')}`;
}

const head = `# Keys of the files that you write

Made from the schemas by \`node scripts/docs/config.mjs\`; a test compares the two. All files are YAML 1.2. \`[]\` stands
for the entries of a list. A key without a default may be left out unless it is required; its meaning then says what
applies. In a mapping with several forms, "required" refers to the forms that have the key, and the words in brackets name
these forms. \`mnv4-nas validate FILE\` checks a file, and \`mnv4-nas validate --schema KIND\` prints a JSON Schema, with
these sentences, for your editor. \`--set a.b=value\` and the variable \`MNV4_SET\` (\`a=1; b.c=2\`) override any key of a
search config or a training recipe.

Former names are still read, with a notice: \`heldBatch\` (now \`validationBatch\`), \`controller.travel\` (\`controller.logitTravel\`),
\`held\` of a dataset recipe (\`validation\`), \`shares\` of a training recipe (\`microBatches\`).

`;

/** Yields the keys below a schema, each before those inside it. */
function* keysOf(schema, path) {
  const forms = formsOf(schema);
  const kinds = new Set(forms.flatMap(kindOf)).size;
  for (const form of forms) {
    for (const [name, field] of Object.entries(form.properties ?? {})) {
      const own = path === '' ? name : `${path}.${name}`;
      const isRequired = form.required?.includes(name) ?? false;
      yield {
        path: own,
        meaning: field.description,
        default: field.default,
        values: valuesOf(field),
        isRequired,
        of: kindOf(form),
        kinds,
      };
      yield* keysOf(field, own);
    }
    if (form.items !== undefined) yield* keysOf(form.items, `${path}[]`);
  }
}

/** The word that distinguishes a form of a mapping from the others, such as a block's kind. */
function kindOf({ properties: { kind, cost, format } = {} }) {
  return [kind ?? cost ?? format].flatMap((field) => field?.const ?? []);
}

/** The alternatives of a schema, one of which must hold, or the schema itself. */
function formsOf(schema) {
  return (schema.anyOf ?? schema.oneOf)?.flatMap(formsOf) ?? [schema];
}

/** The permitted values in words. */
function valuesOf(schema) {
  const [forms, inLists] = [formsOf(schema).filter(({ type }) => type !== 'array'), listsIn(schema)];
  const scalars = [...new Set(forms.map(valueText))];
  const isOpen = inLists.length > 0 && forms.length > 0;
  return isOpen ? [`${scalars.join('; ')}, or a list of them`] : [...scalars, ...inLists.map(listText)];
}

function listsIn(schema) {
  return formsOf(schema).filter(({ type }) => type === 'array');
}

function listText({ items, prefixItems }) {
  if (prefixItems !== undefined) return `two of: ${valueText(prefixItems[0])}`;
  return items.properties || items.anyOf || items.oneOf ? 'a list' : `a list of: ${valueText(items)}`;
}

function valueText(schema) {
  const { type, enum: choices, const: only } = schema;
  if (choices !== undefined) return choices.map((choice) => `\`${choice}\``).join(', ');
  if (only !== undefined) return `\`${only}\``;
  if (type === 'integer' || type === 'number') return numberText(schema);
  if (type === 'boolean') return '`true`, `false`';
  return type === 'object' ? 'a mapping' : 'a text';
}

function numberText({ type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }) {
  const least =
    exclusiveMinimum === undefined
      ? minimum !== undefined && `from ${numeral(minimum)}`
      : `above ${numeral(exclusiveMinimum)}`;
  const isEndless = maximum === Number.MAX_SAFE_INTEGER;
  const most =
    exclusiveMaximum === undefined
      ? maximum !== undefined && !isEndless && `to ${numeral(maximum)}`
      : `below ${numeral(exclusiveMaximum)}`;
  return [type === 'integer' ? 'a whole number' : 'a number', least, most].filter(Boolean).join(' ');
}

/** A number as digits, from 1e9 on with an exponent. */
function numeral(value) {
  return value >= 1e9 ? value.toExponential().replace('+', '') : String(value);
}

function united(a, b) {
  return [...new Set([...a, ...b])];
}

function at(value, path) {
  return path.split('.').reduce((inner, key) => inner?.[key], value);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(docs('config.md'), configPage());
