import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isInstalledPackage, nativeFolder, packageRoot, packageVersion } from '#core/files/package-folder';
import { nativeFolder as nativeFolderOfSetUp, nativePaths } from '../../../scripts/setup/home.mjs';

it('a package is installed if its folder lies in node_modules', () => {
  expect(isInstalledPackage('/a/node_modules/mnv4-nas/')).toBe(true);
  expect(isInstalledPackage('/a/node_modules/mnv4-nas')).toBe(true);
  expect(isInstalledPackage('/a/mnv4-nas')).toBe(false);
  expect(isInstalledPackage()).toBe(false);
});

it('native code lies in the clone, or in the cache by version and platform', () => {
  expect(nativeFolder()).toBe(join(packageRoot, 'native'));
  const installed = nativeFolder('/a/node_modules/mnv4-nas', '1.2.3');
  expect(installed).toMatch(/native\/1\.2\.3-\w+-\w+$/);
  expect(packageVersion()).toMatch(/^\d+\.\d+\.\d+$/);
});

it('set-up and the program find it at the same place', () => {
  expect(nativeFolderOfSetUp(packageRoot)).toBe(nativeFolder());
  expect(nativePaths(packageRoot).deps).toBe(join(nativeFolder(), 'deps'));
});
