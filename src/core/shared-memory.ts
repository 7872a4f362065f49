/** Memory that all threads of the process read: structured cloning passes it on without copying. */

type Numbers = Uint8Array | Uint32Array | Int32Array | Float64Array;

/** The numbers in shared memory: a copy, unless they are there. */
export function inSharedMemory<T extends Numbers>(values: T): T {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const shared = new (values.constructor as new (memory: SharedArrayBuffer) => T)(
    new SharedArrayBuffer(values.byteLength),
  );
  shared.set(values);
  return shared;
}
