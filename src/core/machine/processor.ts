/** The processor for which set-up compiled our addons. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/**
 * A hash of the processor's features, which names its addons; scripts/setup/native.mjs computes the same. With
 * MNV4_VECTOR=avx2 it names those without AVX-512, with MNV4_VECTOR=avx512 those without AMX.
 */
export function processorId(): string {
  const info = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : '';
  const features = /^(?:flags|Features)\s*:(.*)$/m.exec(info)?.[1] ?? cpus()[0]?.model ?? '';
  const vector = process.env['MNV4_VECTOR'];
  const less = vector === 'avx2' || vector === 'avx512' ? `-${vector}` : '';
  return createHash('sha256').update(features.trim()).digest('hex').slice(0, 12) + less;
}
