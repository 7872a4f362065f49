/** Renders `index.html` of a web export: the facts and controls; its script does the rest. */
import { grouped } from '#core/grouped';
import { escaped } from '#core/html';
import { percent } from '#core/percent';
import { resolutionText } from '#networks/space/resolution';
import type { Exported } from '#tasks/export/exporter';
import type { WebRuntime } from './runtimes.js';

/** Only files of the same folder are loaded, and nothing is run but scripts and WebAssembly from there. */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' blob: data:",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/**
 * Returns the page.
 *
 * @param runtimes   the offered ones, the first of which is chosen
 * @param libraries  name and version of each library in the folder
 */
export function webPage(exported: Exported, runtimes: readonly WebRuntime[], libraries: readonly string[]): string {
  const { network } = exported;
  const name = escaped(network.name);
  const seen = escaped(resolutionText(network.input.resolution).replace(/^(\d+)$/, '$1x$1'));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="color-scheme" content="light dark">
<title>${name}: image classifier</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="page/theme.css">
<link rel="stylesheet" href="page/page.css">
<script type="module" src="page/page-script.js"></script>
</head>
<body>
<header>
<h1>${name}</h1>
<p class="facts">${factsOf(exported).map(escaped).join(' · ')}</p>
</header>
<div id="unstarted" role="alert">
<p><strong>The page has not started.</strong> It needs JavaScript and a web server: browsers do not load models for a page
that was opened as a file, whose address begins with <code>file://</code>.</p>
<p>Serve this folder, for example with <code>python3 -m http.server</code> or <code>npx http-server</code>, and open the
address that the program prints.</p>
</div>
<main id="main">
<section aria-labelledby="picture-title">
<h2 id="picture-title">Picture</h2>
<p class="choosers">
<input class="unseen" type="file" id="file" accept="image/*"><label class="button" for="file">Choose a picture</label>
<span class="camera"><input class="unseen" type="file" id="camera" accept="image/*" capture="environment"><label class="button" for="camera">Take a photo</label></span>
</p>
<p class="hint">Or drop one anywhere on the page, or paste one. It stays in this browser.</p>
<div id="pictures" hidden>
<figure><img id="picture" alt=""><figcaption>The picture</figcaption></figure>
<figure><canvas id="seen" role="img" aria-label="The part of the picture that the network sees"></canvas><figcaption>What the network sees, ${seen} pixels</figcaption></figure>
</div>
</section>
<section aria-labelledby="runtime-title">
<fieldset>
<legend><h2 id="runtime-title">Runtime</h2></legend>
${runtimes.map(choice).join('\n')}
</fieldset>
</section>
<section aria-labelledby="result-title">
<h2 id="result-title">Result</h2>
<p id="status" role="status"></p>
<p id="failure" role="alert"></p>
<div id="result" hidden>
<table class="classes">
<caption>The most probable classes</caption>
<thead><tr><th scope="col">class</th><th scope="col">probability</th><td></td></tr></thead>
<tbody id="classes"></tbody>
</table>
<table>
<caption>This picture in each runtime that was chosen</caption>
<thead><tr><th scope="col">runtime</th><th scope="col">per inference</th><th scope="col">class</th></tr></thead>
<tbody id="times"></tbody>
</table>
</div>
</section>
</main>
<footer>
<p>${escaped(capital(exported.origin))}. <a href="README.md">Model card</a>, <a href="labels.txt">classes</a>.</p>
<p>Written by mnv4-nas, with ${libraries.map(escaped).join(' and ')} (Apache License 2.0).</p>
</footer>
</body>
</html>
`;
}

function choice({ id, name, about }: WebRuntime, i: number): string {
  const checked = i === 0 ? ' checked' : '';
  return `<label><input type="radio" name="runtime" value="${id}" data-name="${escaped(name)}"${checked}> ${escaped(name)} <small>${escaped(about)}</small></label>`;
}

function factsOf({ network, params, macs, evaluation }: Exported): string[] {
  const accuracy =
    evaluation === undefined
      ? 'accuracy not evaluated'
      : `${percent(evaluation.top1, 1)} of ${grouped(evaluation.n)} test images right`;
  return [
    `image classifier of ${network.classes} classes`,
    `${grouped(params)} parameters`,
    `${grouped(macs)} multiply-accumulates`,
    accuracy,
  ];
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
