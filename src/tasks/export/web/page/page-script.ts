/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * The script of the page of a web export: takes a picture, computes the network in the chosen runtime, shows the most
 * probable classes and the time. Other scripts can listen to the document's event `classified`.
 */
import type { WebRuntimeId } from '../runtimes.js';
import { decoded, draw, normalised, type Preprocessing, viewOf } from './picture.js';
import { mostProbable, msText, percentText } from './scores.js';
import { type InputShape, openSession, type Session } from './sessions.js';
import { type Timing, timed } from './timing.js';

const shownClasses = 5;

/** `detail` of the event `classified`. */
export interface Classified extends Timing {
  readonly runtime: WebRuntimeId;
  readonly logits: Float32Array;
  /** Pixels of 8 bits that the network saw [H, W, C]. */
  readonly pixels: Uint8Array;
}

/** The picture that is shown, as the network sees it. */
interface Seen {
  readonly pixels: Uint8Array;
  readonly values: Float32Array;
}

class Page {
  readonly #preprocessing: Preprocessing;
  readonly #labels: readonly string[];
  #seen: Seen | undefined;
  #session: { readonly id: WebRuntimeId; readonly session: Session } | undefined;
  #request = 0;
  #work: Promise<void> = Promise.resolve();

  constructor(preprocessing: Preprocessing, labels: readonly string[]) {
    this.#preprocessing = preprocessing;
    this.#labels = labels;
  }

  start(): void {
    for (const id of ['file', 'camera']) {
      const input = element<HTMLInputElement>(id);
      input.addEventListener('change', () => {
        this.#take(input.files?.[0]);
        input.value = ''; // so that the same picture can be chosen again
      });
    }
    document.addEventListener('paste', (event) => this.#take(event.clipboardData?.files[0]));
    document.addEventListener('dragover', (event) => event.preventDefault());
    document.addEventListener('drop', (event) => {
      event.preventDefault();
      this.#take(event.dataTransfer?.files[0]);
    });
    for (const radio of document.querySelectorAll('input[name=runtime]')) {
      radio.addEventListener('change', () => this.#ask(() => this.#classify()));
    }
    document.documentElement.dataset['ready'] = '';
    say('Choose a picture.');
  }

  #take(file: File | undefined): void {
    if (file === undefined) complain('That is not a picture file: choose, drop or paste one.');
    else this.#ask(() => this.#show(file));
  }

  /** Does what the user asked for last, once earlier work has ended; leaves out what was asked for in between. */
  #ask(work: () => Promise<void>): void {
    const request = ++this.#request;
    this.#work = this.#work.then(async () => {
      if (request !== this.#request) return;
      complain('');
      element('main').setAttribute('aria-busy', 'true');
      await work();
      element('main').removeAttribute('aria-busy');
    });
  }

  async #show(file: File): Promise<void> {
    say('Reading the picture…');
    try {
      const view = viewOf(await decoded(file), this.#preprocessing);
      this.#seen = { pixels: view.pixels, values: normalised(view, this.#preprocessing) };
      draw(view, element<HTMLCanvasElement>('seen'));
    } catch {
      say('Choose a picture.');
      complain(`This browser cannot read ${file.name || 'this'} as a picture.`);
      return;
    }
    const picture = element<HTMLImageElement>('picture');
    URL.revokeObjectURL(picture.src);
    picture.src = URL.createObjectURL(file);
    picture.alt = `The chosen picture, ${file.name || 'pasted'}`;
    element('pictures').hidden = false;
    fill('times', []);
    await this.#classify();
  }

  async #classify(): Promise<void> {
    if (this.#seen === undefined) return;
    const radio = document.querySelector<HTMLInputElement>('input[name=runtime]:checked') as HTMLInputElement;
    const [runtime, name] = [radio.value as WebRuntimeId, radio.dataset['name'] as string];
    try {
      say(`Loading ${name}…`);
      const session = await this.#opened(runtime);
      say(`Computing with ${name}…`);
      const logits = await session.run(this.#seen.values);
      const best = this.#showClasses(logits);
      const timing = await timed(session, this.#seen.values);
      say(`${name}: ${msText(timing.ms)} per inference, the median of ${timing.samples} after a warm-up`);
      this.#showTime(name, timing, best);
      const detail: Classified = { runtime, logits, pixels: this.#seen.pixels, ...timing };
      document.dispatchEvent(new CustomEvent('classified', { detail }));
    } catch (error) {
      say('');
      complain(`${name} cannot compute the network here: ${reason(error)}. Choose another runtime.`);
    }
  }

  async #opened(id: WebRuntimeId): Promise<Session> {
    if (this.#session?.id === id) return this.#session.session;
    this.#session?.session.dispose();
    this.#session = undefined;
    const [, ...extents] = this.#preprocessing.shape;
    const session = await openSession(id, [1, ...extents] satisfies InputShape);
    this.#session = { id, session };
    return session;
  }

  /** Shows the most probable classes and returns the first one's name. */
  #showClasses(logits: Float32Array): string {
    const top = mostProbable(logits, shownClasses).map(({ at, probability }) => ({
      name: this.#nameOf(at),
      probability,
    }));
    fill(
      'classes',
      top.map(({ name, probability }) => [name, percentText(probability), bar(probability)]),
    );
    element('result').hidden = false;
    return top[0]?.name ?? '';
  }

  #nameOf(at: number): string {
    return this.#labels[at] ?? String(at);
  }

  #showTime(name: string, { ms }: Timing, best: string): void {
    const rows = [...element<HTMLTableSectionElement>('times').rows];
    rows.find(({ cells }) => cells[0]?.textContent === name)?.remove();
    fill('times', [...rows.filter(({ isConnected }) => isConnected), [name, msText(ms), best]]);
  }
}

/** Replaces the rows of a table; each is an existing row or its cells, the first of which heads it. */
function fill(id: string, rows: readonly (HTMLTableRowElement | readonly (string | Element)[])[]): void {
  element(id).replaceChildren(...rows.map((row) => (Array.isArray(row) ? rowOf(row) : (row as HTMLTableRowElement))));
}

function rowOf(cells: readonly (string | Element)[]): HTMLTableRowElement {
  const row = document.createElement('tr');
  cells.forEach((content, i) => {
    const cell = document.createElement(i === 0 ? 'th' : 'td');
    if (i === 0) (cell as HTMLTableCellElement).scope = 'row';
    cell.append(content);
    row.append(cell);
  });
  return row;
}

/** A bar as long as the share, for eyes only: its number stands next to it. */
function bar(share: number): Element {
  const element = document.createElement('span');
  element.className = 'bar';
  element.style.inlineSize = `${100 * share}%`;
  element.setAttribute('aria-hidden', 'true');
  return element;
}

function element<E extends HTMLElement = HTMLElement>(id: string): E {
  return document.getElementById(id) as E;
}

function say(text: string): void {
  element('status').textContent = text;
}

function complain(text: string): void {
  element('failure').textContent = text;
}

function reason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
}

async function fetched(file: string): Promise<Response> {
  const answer = await fetch(new URL(`../${file}`, import.meta.url));
  if (!answer.ok) throw new Error(`the server answers ${answer.status} for ${file}`);
  return answer;
}

async function start(): Promise<void> {
  element('unstarted').remove();
  try {
    const [preprocessing, labels] = await Promise.all([fetched('preprocessing.json'), fetched('labels.txt')]);
    new Page((await preprocessing.json()) as Preprocessing, (await labels.text()).trimEnd().split('\n')).start();
  } catch (error) {
    complain(`The page could not start: ${reason(error)}.`);
  }
}

if (typeof document !== 'undefined') void start();
