import { escaped } from '#core/html';

/** The place of the figure's table, which the script fills when it is opened, and its downloads. */
export function tableHtml(id: string, title: string): string {
  return `<details class="data"><summary>Data: ${escaped(title)}</summary><div class="scroll" role="region" tabindex="0" aria-label="Table: ${escaped(title)}" data-table="${id}"></div></details>
<p class="downloads"><button type="button" data-csv="${id}">CSV<span class="unseen"> of ${escaped(title)}</span></button> <button type="button" data-json="${id}">JSON<span class="unseen"> of ${escaped(title)}</span></button></p>`;
}
