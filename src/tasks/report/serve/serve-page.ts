/** The page of `runs serve` and the files that it loads, by their paths on the server. */
import { builtFile, chartLibrary, interpreterModule } from '#tasks/report/run/page-files';

export interface ServedFile {
  readonly type: string;
  readonly content: string;
}

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Runs</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/style.css">
<script src="/vega.js" defer></script>
<script src="/vega-lite.js" defer></script>
<script type="module" src="/serve-script.js"></script>
</head>
<body>
<a class="skip" href="#charts">Skip to the charts</a>
<header>
<h1>Runs</h1>
<p id="state" role="status">Loading.</p>
</header>
<main>
<section id="runs"><h2>All runs</h2>
<div class="scroll" role="region" tabindex="0" aria-label="All runs"><table><thead><tr>
<th scope="col">chart</th><th scope="col">run</th><th scope="col">stage</th><th scope="col">state</th><th scope="col">steps</th>
<th scope="col">steps/s</th><th scope="col">time left</th><th scope="col">loss</th><th scope="col">quality</th><th scope="col">reward</th>
<th scope="col">costs expected of the policy, against targets</th></tr></thead><tbody></tbody></table></div></section>
<section id="charts" tabindex="-1"><h2>Over the steps</h2><div class="charts many"></div></section>
</main>
<noscript><p>The page needs JavaScript, which it loads from this server alone.</p></noscript>
</body>
</html>
`;

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="none" stroke="#0b62c4" stroke-width="2" d="M1 14 5 7l4 3 6-8"/></svg>
`;

/** The static files, read once. */
export function servedFiles(): ReadonlyMap<string, ServedFile> {
  const style = ['core/page-theme.css', 'tasks/report/run/page/report.css', 'tasks/report/serve/page/serve.css'];
  const script = (content: string): ServedFile => ({ type: 'text/javascript; charset=utf-8', content });
  return new Map<string, ServedFile>([
    ['/', { type: 'text/html; charset=utf-8', content: page }],
    ['/icon.svg', { type: 'image/svg+xml', content: icon }],
    ['/style.css', { type: 'text/css; charset=utf-8', content: style.map(builtFile).join('\n') }],
    ['/vega.js', script(chartLibrary('vega'))],
    ['/vega-lite.js', script(chartLibrary('vega-lite'))],
    ['/vega-interpreter.js', script(interpreterModule())],
    ['/report-script.js', script(builtFile('tasks/report/run/page/report-script.js'))],
    ['/serve-script.js', script(withPaths(builtFile('tasks/report/serve/page/serve-script.js')))],
  ]);
}

/** The module with the paths on the server of the modules that it imports. */
function withPaths(module: string): string {
  return module
    .replace("'#tasks/report/run/page/report-script'", "'/report-script.js'")
    .replace("'vega-interpreter'", "'/vega-interpreter.js'");
}
