/**
 * Open MPI's C library, called through koffi. Both are loaded by the first call of `openMpi`, so a program that was
 * started alone touches neither. All calls come from the main thread.
 */
import type { LibraryHandle } from 'koffi';
import { Failure } from '#core/failure';
import type { Chunks, Communicator } from './communicator.js';

const openMpiLibrary = 'libmpi.so.40'; // Open MPI 4 and 5
const threadFunneled = 1; // MPI_THREAD_FUNNELED
const undefinedColor = -32766; // MPI_UNDEFINED
const inPlace = 1n; // MPI_IN_PLACE

const spinMs = 2; // in which a wait looks again as often as the event loop allows
const defaultPauseMs = 1;

/** This program's ranks, and the function that leaves them; every rank calls it last. */
export interface OpenMpi {
  readonly world: Communicator;
  readonly finalize: () => void;
}

/** Joins the ranks that this process was started with. Throws a backend failure where the library is missing. */
export async function openMpi(library = openMpiLibrary): Promise<OpenMpi> {
  const mpi = await loaded(library);
  mpi.init(null, null, threadFunneled, [0]);
  return { world: new OpenMpiCommunicator(mpi, mpi.world), finalize: () => void mpi.finalize() };
}

async function loaded(library: string): Promise<Functions> {
  try {
    const { default: koffi } = await import('koffi');
    return functionsOf(koffi.load(library, { global: true })); // its plug-ins look up symbols of the library
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0];
    throw new Failure(
      'backend',
      `Open MPI's library ${library} does not load: ${reason}`,
      'install Open MPI 4 or 5 on every node (Debian: `apt-get install openmpi-bin`), or add its folder to LD_LIBRARY_PATH; a program that is started alone, without mpirun or srun, needs no MPI',
    );
  }
}

type Functions = ReturnType<typeof functionsOf>;

function functionsOf(lib: LibraryHandle) {
  return {
    world: lib.symbol('ompi_mpi_comm_world') as bigint,
    float: lib.symbol('ompi_mpi_float') as bigint,
    double: lib.symbol('ompi_mpi_double') as bigint,
    byte: lib.symbol('ompi_mpi_byte') as bigint,
    init: lib.func('int MPI_Init_thread(void *, void *, int, _Out_ int *)'),
    finalize: lib.func('int MPI_Finalize()'),
    rank: lib.func('int MPI_Comm_rank(void *, _Out_ int *)'),
    size: lib.func('int MPI_Comm_size(void *, _Out_ int *)'),
    split: lib.func('int MPI_Comm_split(void *, int, int, _Out_ void **)'),
    free: lib.func('int MPI_Comm_free(void *)'),
    abort: lib.func('int MPI_Abort(void *, int)'),
    test: lib.func('int MPI_Test(void *, void *, void *)'),
    broadcast: lib.func('int MPI_Bcast(void *, int, void *, int, void *)'),
    allGather: lib.func('int MPI_Iallgather(void *, int, void *, void *, int, void *, void *, void *)'),
    allGatherChunks: lib.func('int MPI_Allgatherv(void *, int, void *, void *, void *, void *, void *, void *)'),
    allToAll: lib.func('int MPI_Alltoallv(void *, void *, void *, void *, void *, void *, void *, void *, void *)'),
  };
}

const inFlight = new Set<Float64Array>(); // sent by MPI while nothing else may refer to them

/** A communicator of Open MPI, whose default error handler ends the whole program on an error. */
class OpenMpiCommunicator implements Communicator {
  readonly rank: number;
  readonly size: number;
  readonly #mpi: Functions;
  readonly #handle: bigint;

  constructor(mpi: Functions, handle: bigint) {
    this.#mpi = mpi;
    this.#handle = handle;
    this.rank = numberOf((into) => mpi.rank(handle, into));
    this.size = numberOf((into) => mpi.size(handle, into));
  }

  async allGather(values: Float64Array, pauseMs = defaultPauseMs): Promise<Float64Array> {
    const { allGather, double, test } = this.#mpi;
    const all = new Float64Array(this.size * values.length);
    const request = new BigUint64Array(1);
    const flag = new Int32Array(1);
    const isDone = () => test(request, flag, null) === 0 && flag[0] !== 0;
    inFlight.add(values);
    allGather(values, values.length, double, all, values.length, double, this.#handle, request);
    const start = performance.now();
    while (!isDone()) {
      const spins = performance.now() - start < spinMs;
      await new Promise<void>((resolve) => void (spins ? setImmediate(resolve) : setTimeout(resolve, pauseMs)));
    }
    inFlight.delete(values);
    return all;
  }

  async broadcast(bytes: Uint8Array, root: number): Promise<void> {
    this.#mpi.broadcast(bytes, bytes.length, this.#mpi.byte, root, this.#handle);
  }

  async scatterChunks(from: Float32Array, { lengths, offsets }: Chunks, to: Float32Array): Promise<void> {
    const { allToAll, float } = this.#mpi;
    const own = lengths[this.rank] as number;
    const received = new Int32Array(this.size).fill(own);
    const places = received.map((_, r) => r * own);
    allToAll(from, lengths, offsets, float, to, received, places, float, this.#handle);
  }

  async gatherChunks(values: Float32Array, { lengths, offsets }: Chunks): Promise<void> {
    const { allGatherChunks, float } = this.#mpi;
    allGatherChunks(inPlace, 0, float, values, lengths, offsets, float, this.#handle);
  }

  async split(isMember: boolean): Promise<Communicator | undefined> {
    const made: [bigint | null] = [null];
    this.#mpi.split(this.#handle, isMember ? 0 : undefinedColor, this.rank, made);
    return isMember ? new OpenMpiCommunicator(this.#mpi, made[0] as bigint) : undefined;
  }

  free(): void {
    this.#mpi.free(BigUint64Array.of(this.#handle));
  }

  abort(code: number): void {
    this.#mpi.abort(this.#handle, code);
  }
}

function numberOf(write: (into: [number]) => void): number {
  const into: [number] = [0];
  write(into);
  return into[0];
}
