import { expect, it } from 'vitest';
import { sourceOfKind } from '#data/images/source-schema';
import { dataOfKind } from '#tasks/training/recipe-data';

it('the data of a recipe are distinguished by their keys', () => {
  const source = { dataset: 'mnist' } as const;
  expect(dataOfKind({ data: { source, augment: {} } })).toEqual({ kind: 'source', source, augment: {} });
  expect(dataOfKind({ data: { recipe: 'a.dataset.yaml' } })).toEqual({ kind: 'recipe', file: 'a.dataset.yaml' });
  expect(dataOfKind({ data: { folder: 'set' } })).toEqual({ kind: 'folder', file: 'set' });
});

it('a source is a known data set or of the kind of its format', () => {
  expect(sourceOfKind({ dataset: 'mnist' }).kind).toBe('known');
  expect(sourceOfKind({ format: 'idx', folder: '.' }).kind).toBe('idx');
  expect(sourceOfKind({ format: 'cifar10', folder: '.' }).kind).toBe('cifar10');
});
