/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** The script of the page of `runs serve`: asks for the runs and the new steps of those it draws, every two seconds. */
import { expressionInterpreter } from 'vega-interpreter';
import { all, completed, drawingIn } from '#tasks/report/run/page/report-script';
import type { LiveRun } from '../live-runs.js';
import type { LiveRecords, LiveSteps } from '../live-steps.js';

const pauseMs = 2000;
const mostRuns = 8; // as many colours as can be told apart

/** Formats seconds for people: `2 h 05 min`, `3 min 20 s`, `12 s`. */
export function timeText(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const two = (value: number) => String(value).padStart(2, '0');
  if (hours > 0) return `${hours} h ${two(minutes)} min`;
  return minutes > 0 ? `${minutes} min ${two(whole % 60)} s` : `${whole} s`;
}

/** The cells of a run's row after its name. */
export function cellsOf({ stage, status, step, steps, stepsPerSecond, ...run }: LiveRun): string[] {
  const figure = (value: number | null) => (value === null ? '' : value.toPrecision(4));
  const costs = run.costs.map(({ title, value, target }) => {
    const distance = 100 * (value / target - 1);
    return `${title} ${figure(value)}, target ${figure(target)} (${distance < 0 ? '' : '+'}${distance.toFixed(1)} %)`;
  });
  return [
    ...[stage, run.reason === null ? status : `${status}: ${run.reason}`, `${step} of ${steps}`],
    ...[figure(stepsPerSecond), run.secondsLeft === null ? '' : timeText(run.secondsLeft)],
    ...[figure(run.loss), figure(run.quality), figure(run.reward), costs.join('; ')],
  ];
}

/** The ids of the runs to draw at first: those in progress, else the last ones. */
export function firstChosen(runs: readonly Pick<LiveRun, 'id' | 'status'>[]): string[] {
  const running = runs.filter(({ status }) => status === 'running');
  return (running.length > 0 ? running : runs).slice(-mostRuns).map(({ id }) => id);
}

interface Libraries {
  readonly vega: {
    parse(spec: object, config: undefined, options: { ast: true }): object;
    View: new (runtime: object, options: object) => View;
    changeset(): Changes;
  };
  readonly vegaLite: { compile(spec: object): { spec: object } };
}

interface Changes {
  insert(records: readonly object[]): Changes;
  remove(isOld: (record: { readonly run: string }) => boolean): Changes;
}

interface View {
  change(data: string, changes: Changes): View;
  runAsync(): Promise<View>;
  width(value: number): View;
  finalize(): View;
}

/** The browser builds that the page has loaded. */
function libraries(): Libraries {
  return globalThis as unknown as Libraries;
}

const data = 'records';

class LivePage {
  readonly #views: View[] = [];
  readonly #tokens = new Map<string, string>();
  #chosen: Set<string> | undefined;
  #known: ReadonlySet<string> = new Set();
  #key = '';

  async start(): Promise<void> {
    addEventListener('resize', () => void this.#resize());
    for (;;) {
      try {
        const runs = await answer<LiveRun[]>('/api/runs');
        this.#choose(runs);
        this.#list(runs);
        await this.#draw();
        tell(`Runs: ${runs.length}, in progress: ${runs.filter(({ status }) => status === 'running').length}.`);
      } catch (error) {
        tell(`The server does not answer: ${error instanceof Error ? error.message : error}`);
      }
      document.documentElement.dataset['ready'] = 'true';
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  /** Chooses the runs to draw: at first some that are there, later those that begin while there is a colour left. */
  #choose(runs: readonly LiveRun[]): void {
    if (this.#chosen === undefined) {
      this.#chosen = new Set(firstChosen(runs));
      this.#known = new Set(runs.map(({ id }) => id));
    }
    for (const { id, status } of runs) {
      const isNew = !this.#known.has(id) && status === 'running';
      if (isNew && this.#chosen.size < mostRuns) this.#chosen.add(id);
    }
    this.#known = new Set(runs.map(({ id }) => id));
  }

  /** Brings the table up to date; rows that are there stay, so that the keyboard's focus does. */
  #list(runs: readonly LiveRun[]): void {
    const body = document.querySelector('tbody') as HTMLTableSectionElement;
    const rows = new Map(all<HTMLTableRowElement>('tr', body).map((row) => [row.dataset['run'], row]));
    const shown = runs.filter(({ id }) => this.#chosen?.has(id)).map(({ id }) => id);
    for (const [i, run] of runs.entries()) {
      const row = rows.get(run.id) ?? this.#newRow(run.id);
      rows.delete(run.id);
      row.className = shown.includes(run.id) ? `run-${shown.indexOf(run.id) + 1}` : '';
      (row.querySelector('input') as HTMLInputElement).checked = shown.includes(run.id);
      for (const [c, text] of cellsOf(run).entries()) setText(row.cells[c + 2] as HTMLTableCellElement, text);
      (row.cells[3] as HTMLTableCellElement).className = run.status;
      if (body.rows[i] !== row) body.insertBefore(row, body.rows[i] ?? null);
    }
    for (const row of rows.values()) row.remove();
    for (const id of this.#chosen ?? []) if (!runs.some((run) => run.id === id)) this.#chosen?.delete(id);
  }

  #newRow(id: string): HTMLTableRowElement {
    const row = document.createElement('tr');
    row.dataset['run'] = id;
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.setAttribute('aria-label', `draw ${id}`);
    box.addEventListener('change', () => {
      if (!box.checked) this.#chosen?.delete(id);
      else if ((this.#chosen?.size ?? 0) < mostRuns) this.#chosen?.add(id);
      else box.checked = false;
    });
    const label = document.createElement('label');
    label.append(box);
    row.insertCell().append(label);
    row.insertCell().textContent = id;
    for (let c = 0; c < 9; c++) row.insertCell();
    return row;
  }

  async #draw(): Promise<void> {
    const ids = [...(this.#chosen ?? [])].sort();
    const query = new URLSearchParams({ key: this.#key });
    for (const id of ids) query.append('run', id);
    for (const id of ids) query.append('token', this.#tokens.get(id) ?? '');
    const { key, charts, runs } = await answer<LiveSteps>(`/api/steps?${query}`);
    if (charts !== undefined) this.#begin(charts);
    this.#key = key;
    this.#tokens.clear();
    for (const { id, token } of runs) this.#tokens.set(id, token);
    const changes = runs.filter(({ isWhole, records }) => isWhole || records.length > 0);
    if (changes.length === 0) return;
    for (const view of this.#views) await view.change(data, changesOf(changes)).runAsync();
  }

  /** Replaces all charts by empty ones. */
  #begin(charts: NonNullable<LiveSteps['charts']>): void {
    for (const view of this.#views.splice(0)) view.finalize();
    const place = document.querySelector('.charts') as HTMLElement;
    place.replaceChildren();
    for (const { title, description, spec } of charts) {
      const figure = document.createElement('figure');
      const caption = document.createElement('figcaption');
      caption.textContent = title;
      const chart = document.createElement('div');
      chart.className = 'chart';
      chart.setAttribute('role', 'img');
      chart.setAttribute('aria-label', description.replace('; the table below has the values', ''));
      figure.append(caption, chart);
      place.append(figure);
      const { vega, vegaLite } = libraries();
      const whole = { ...completed(spec, { columns: [], rows: [] }, chart.clientWidth), data: { name: data } };
      const runtime = vega.parse(vegaLite.compile(whole).spec, undefined, { ast: true }); // no eval
      const options = { renderer: 'svg', container: drawingIn(chart), hover: true, expr: expressionInterpreter };
      this.#views.push(new vega.View(runtime, options));
    }
  }

  async #resize(): Promise<void> {
    for (const [i, chart] of all('.chart').entries()) await this.#views[i]?.width(chart.clientWidth).runAsync();
  }
}

function changesOf(runs: readonly LiveRecords[]): Changes {
  const replaced = runs.filter(({ isWhole }) => isWhole).map(({ id }) => id);
  const added = runs.flatMap(({ records }) => records);
  return libraries()
    .vega.changeset()
    .remove(({ run }) => replaced.includes(run))
    .insert(added);
}

async function answer<T>(path: string): Promise<T> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function tell(text: string): void {
  setText(document.getElementById('state') as HTMLElement, text);
}

if (globalThis.document !== undefined) void new LivePage().start();
