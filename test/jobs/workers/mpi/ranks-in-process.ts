/** Groups of ranks inside this process, in place of MPI's: an operation ends once all ranks have called it. */
import type { Chunks, Communicator } from '#jobs/workers/mpi/communicator';

/** The ranks of a new group; `sent` receives the bytes that each rank sends in exchanges of chunks. */
export function ranksInProcess(size: number, sent: number[] = []): Communicator[] {
  const meeting = new Meeting(size);
  return Array.from({ length: size }, (_, rank) => new InProcess(meeting, rank, size, sent));
}

/** Runs the work on every rank, and returns what each of them returns or throws. */
export function onAll<T>(ranks: readonly Communicator[], work: (rank: Communicator) => Promise<T>) {
  return Promise.all(ranks.map((rank) => work(rank).catch((error: Error) => error)));
}

class Meeting {
  readonly #size: number;
  readonly #calls: number[];
  readonly #rounds: { readonly said: unknown[]; count: number; told: (() => void)[] }[] = [];

  constructor(size: number) {
    this.#size = size;
    this.#calls = new Array(size).fill(0);
  }

  async say<T>(rank: number, value: T): Promise<T[]> {
    const call = this.#calls[rank]!;
    this.#calls[rank] = call + 1;
    this.#rounds[call] ??= { said: [], count: 0, told: [] };
    const round = this.#rounds[call];
    round.said[rank] = value;
    round.count++;
    if (round.count === this.#size) for (const tell of round.told) tell();
    else await new Promise<void>((resolve) => round.told.push(resolve));
    return round.said as T[];
  }
}

class InProcess implements Communicator {
  readonly rank: number;
  readonly size: number;
  readonly #meeting: Meeting;
  readonly #sent: number[];

  constructor(meeting: Meeting, rank: number, size: number, sent: number[]) {
    this.#meeting = meeting;
    this.rank = rank;
    this.size = size;
    this.#sent = sent;
  }

  async allGather(values: Float64Array): Promise<Float64Array> {
    const all = await this.#meeting.say(this.rank, values.slice());
    return Float64Array.from(all.flatMap((each) => [...each]));
  }

  async broadcast(bytes: Uint8Array, root: number): Promise<void> {
    bytes.set((await this.#meeting.say(this.rank, bytes.slice()))[root]!);
  }

  async scatterChunks(from: Float32Array, { lengths, offsets }: Chunks, to: Float32Array): Promise<void> {
    const [own, offset] = [lengths[this.rank]!, offsets[this.rank]!];
    this.#count(from.length - own);
    const all = await this.#meeting.say(this.rank, from.slice());
    for (const [r, each] of all.entries()) to.set(each.subarray(offset, offset + own), r * own);
  }

  async gatherChunks(values: Float32Array, { lengths, offsets }: Chunks): Promise<void> {
    this.#count((this.size - 1) * lengths[this.rank]!);
    const all = await this.#meeting.say(this.rank, values.slice());
    for (const [r, each] of all.entries()) {
      values.set(each.subarray(offsets[r]!, offsets[r]! + lengths[r]!), offsets[r]);
    }
  }

  async split(isMember: boolean): Promise<Communicator | undefined> {
    const all = await this.#meeting.say(this.rank, { isMember, meeting: undefined as Meeting | undefined });
    const members = all.flatMap((each, r) => (each.isMember ? [r] : []));
    if (!isMember) return undefined;
    const first = all[members[0]!]!;
    first.meeting ??= new Meeting(members.length);
    return new InProcess(first.meeting, members.indexOf(this.rank), members.length, this.#sent);
  }

  free(): void {}

  abort(): void {}

  #count(floats: number): void {
    this.#sent[this.rank] = (this.#sent[this.rank] ?? 0) + Float32Array.BYTES_PER_ELEMENT * floats;
  }
}
