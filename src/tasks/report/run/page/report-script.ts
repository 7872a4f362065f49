/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/// <reference lib="dom.asynciterable" />
/**
 * The script of a report's page, a module without imports: draws the charts with the page's Vega and Vega-Lite, fills
 * the tables when they are opened, and makes the files to download. The page's data are those of `PageData`.
 */
import type { ChartSpec } from '../figure.js';
import type { PageData } from '../report-page.js';
import type { Cell, Table } from '../table.js';

/** The rows of a table as objects by field, as charts and JSON files have them. */
export function recordsOf({ columns, rows }: Table): Record<string, Cell>[] {
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, c) => [name, row[c] ?? null])));
}

/** A table as CSV (RFC 4180), with the titles of its columns as the head; null is an empty cell. */
export function csvOf({ columns, rows }: Table): string {
  const lines = [columns.map(({ title }) => title), ...rows];
  return lines.map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
}

function csvCell(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A table as JSON: its columns, and its rows by field. */
export function jsonOf(table: Table): string {
  return `${JSON.stringify({ columns: table.columns, rows: recordsOf(table) }, null, 1)}\n`;
}

/** All tables of a page as JSON, by the id of their figure. */
export function wholeJsonOf({ title, runs, figures }: PageData): string {
  const tables = figures.map(({ id, table: { columns, rows } }) => [
    id,
    { columns, rows: recordsOf({ columns, rows }) },
  ]);
  return `${JSON.stringify({ title, runs, figures: Object.fromEntries(tables) }, null, 1)}\n`;
}

/** A chart's spec with its data and the colours of text and lines, which follow the page's style. */
export function completed(spec: ChartSpec, table: Table, width: number): object {
  const text = { labelColor: 'var(--ink)', titleColor: 'var(--ink)', labelFontSize: 11, titleFontSize: 12 };
  return {
    ...spec,
    width,
    data: { values: recordsOf(table) },
    background: 'transparent',
    config: {
      aria: false, // saves the labels of single marks, which nobody hears
      font: 'system-ui, sans-serif',
      axis: {
        ...text,
        domainColor: 'var(--muted)',
        tickColor: 'var(--muted)',
        gridColor: 'var(--line)',
        titleFontWeight: 'normal',
      },
      axisXQuantitative: { tickCount: { expr: 'ceil(width / 90)' } },
      legend: { ...text, symbolStrokeColor: 'var(--ink)', labelLimit: 0 },
      view: { stroke: 'var(--line)' },
    },
  };
}

/** The parts of Vega and Vega-Lite that the page uses. */
interface Libraries {
  readonly vega: {
    parse(spec: object): object;
    View: new (runtime: object, options: object) => View;
  };
  readonly vegaLite: { compile(spec: object): { spec: object } };
}

interface View {
  runAsync(): Promise<View>;
  signal(name: string, value: unknown): View;
  width(value: number): View;
}

/** Draws a page once its data are there. */
class Page {
  readonly #data: PageData;
  readonly #views = new Map<Element, View>();
  readonly #hidden = new Set<string>();

  constructor(data: PageData) {
    this.#data = data;
  }

  start(): void {
    for (const box of all<HTMLInputElement>('input[data-run]')) {
      box.addEventListener('change', () => this.#show(box.dataset['run'] as string, box.checked));
    }
    for (const details of all<HTMLDetailsElement>('details')) {
      details.addEventListener('toggle', () => details.open && void this.#open(details));
    }
    for (const button of all('button[data-csv]')) this.#offer(button, 'csv', 'text/csv', csvOf);
    for (const button of all('button[data-json]')) this.#offer(button, 'json', 'application/json', jsonOf);
    const whole = () => save('report.json', 'application/json', wholeJsonOf(this.#data));
    for (const button of all('button[data-all]')) button.addEventListener('click', whole);
    addEventListener('resize', () => void this.#resize());
    void this.#drawAll();
  }

  /** Draws the charts that can be seen, one after another so that the page stays usable, then marks it as ready. */
  async #drawAll(): Promise<void> {
    await this.#draw(document.body);
    performance.mark('charts drawn');
    document.documentElement.dataset['ready'] = 'true';
  }

  async #open(details: HTMLDetailsElement): Promise<void> {
    for (const place of all('[data-table]', details)) {
      const table = this.#table(place.dataset['table'] as string);
      if (place.childElementCount === 0 && table !== undefined) place.append(tableElement(table));
    }
    await this.#draw(details);
  }

  async #draw(part: Element): Promise<void> {
    for (const place of all('[data-chart]', part)) {
      if (place.clientWidth === 0 || this.#views.has(place)) continue;
      const figure = this.#data.figures.find(({ charts }) => charts.some(({ id }) => id === place.dataset['chart']));
      const chart = figure?.charts.find(({ id }) => id === place.dataset['chart']);
      if (figure === undefined || chart === undefined) continue;
      const view = newView(completed(chart.spec, figure.table, place.clientWidth), drawingIn(place));
      this.#views.set(place, view);
      await this.#hide(view).runAsync();
      await new Promise((resolve) => setTimeout(resolve)); // lets the page react
    }
  }

  #table(id: string): Table | undefined {
    return this.#data.figures.find((figure) => figure.id === id)?.table;
  }

  #show(run: string, isShown: boolean): void {
    if (isShown) this.#hidden.delete(run);
    else this.#hidden.add(run);
    for (const view of this.#views.values()) void this.#hide(view).runAsync();
  }

  /** Tells a view which runs are hidden; every chart has the signal, see `frame`. */
  #hide(view: View): View {
    return view.signal('hidden', [...this.#hidden]);
  }

  async #resize(): Promise<void> {
    for (const [place, view] of this.#views) {
      if (place.clientWidth > 0) await view.width(place.clientWidth).runAsync();
    }
  }

  #offer(button: HTMLElement, ending: 'csv' | 'json', type: string, textOf: (table: Table) => string): void {
    button.addEventListener('click', () => {
      const id = button.dataset[ending] as string;
      const table = this.#table(id);
      if (table !== undefined) save(`${id}.${ending}`, type, textOf(table));
    });
  }
}

/** The elements that match, in the whole page or a part of it. */
export function all<E extends HTMLElement = HTMLElement>(selector: string, part: ParentNode = document): E[] {
  return [...part.querySelectorAll<E>(selector)];
}

/** The element to draw in, which screen readers skip: its parent has the chart's text alternative. */
export function drawingIn(place: Element): Element {
  const drawing = document.createElement('div');
  drawing.setAttribute('aria-hidden', 'true');
  place.append(drawing);
  return drawing;
}

function newView(spec: object, place: Element): View {
  const { vega, vegaLite } = globalThis as unknown as Libraries;
  return new vega.View(vega.parse(vegaLite.compile(spec).spec), { renderer: 'svg', container: place, hover: true });
}

function tableElement({ columns, rows }: Table): HTMLTableElement {
  const table = document.createElement('table');
  const head = table.createTHead().insertRow();
  for (const { title } of columns) {
    const cell = document.createElement('th');
    cell.scope = 'col';
    cell.textContent = title;
    head.append(cell);
  }
  const body = table.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    for (const cell of row) {
      const place = line.insertCell();
      place.textContent = cell === null ? '' : String(cell);
      if (typeof cell === 'number') place.className = 'number';
    }
  }
  return table;
}

/** Offers a text to the user as a file, without any request. */
function save(name: string, type: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const data = globalThis.document?.getElementById('data');
if (data) new Page(JSON.parse(data.textContent ?? 'null') as PageData).start();
