import { expect, it } from 'vitest';
import { isObjectName, objectName } from '#tasks/cluster/kubernetes/names';

it.each([
  ['fashion-mnist', 'fashion-mnist'],
  ['My Photos (2)', 'my-photos-2'],
  ['1e3', 'search-1e3'],
  ['Élan_4.5', 'elan-4-5'],
  [`${'x'.repeat(39)}-y`, 'x'.repeat(39)],
])('%s becomes the object name %s', (name, expected) => {
  expect(objectName(name)).toBe(expected);
  expect(isObjectName(expected)).toBe(true);
});

it.each(['', '1x', 'x-', 'X', 'x_y', 'x'.repeat(41)])('refuses %j as an object name', (name) => {
  expect(isObjectName(name)).toBe(false);
});
