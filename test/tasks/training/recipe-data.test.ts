import { expect, it } from 'vitest';
import { sourceOfKind } from '#data/images/source-schema';
import { dataOfKind } from '#tasks/training/recipe-data';

it('the data of a recipe are distinguished by their keys', () => {
  const source = { dataset: 'mnist' } as const;
  expect(dataOfKind({ data: { source, augment: {} } })).toEqual({ kind: 'source', source, augment: {} });
  expect(dataOfKind({ data: { recipe: 'a.dataset.yaml' } })).toEqual({ kind: 'recipe', file: 'a.dataset.yaml' });
  expect(dataOfKind({ data: { folder: 'set' } })).toEqual({ kind: 'folder', file: 'set' });
});

it('a source is a known data set, or files whose format may be found later', () => {
  expect(sourceOfKind({ dataset: 'mnist' }).kind).toBe('known');
  expect(sourceOfKind({ format: 'idx', folder: '.' })).toMatchObject({ kind: 'files', format: 'idx' });
  expect(sourceOfKind({ folder: '.' })).toEqual({ kind: 'files', folder: '.', format: undefined });
});
