#!/usr/bin/env node
// @ts-check
// Asks for every external link of the documentation and lists those that answer 404 or 410, or whose host is unknown:
//   npm run proof:links -- [--list]
// `--list` only prints the links. Other refusals (403, 429, a time-out) are printed but are no failure, since many sites
// refuse programs. Exits with 1 if a link is dead, and with 0 and a note if no host answers, as without a network.
import { parseArgs } from 'node:util';
import { linksOf, pages, readPage } from '../docs/pages.mjs';

const { values } = parseArgs({ options: { list: { type: 'boolean' } } });
const seconds = 15;

/** @type {Map<string, string[]>} */
const places = new Map();
for (const page of pages()) {
  for (const { line, target } of linksOf(readPage(page))) {
    if (!/^https?:/.test(target)) continue;
    const url = target.replace(/#.*$/, '');
    places.set(url, [...(places.get(url) ?? []), `${page}:${line}`]);
  }
}

if (values.list) {
  for (const [url, at] of places) console.log(`${url}  ${at.join(' ')}`);
} else {
  const answers = [];
  for (const [url, at] of places) answers.push({ url, at, answer: await answerOf(url) });
  const isDead = (/** @type {string} */ answer) => /^(404|410|ENOTFOUND)$/.test(answer);
  if (answers.length > 0 && answers.every(({ answer }) => !/^\d/.test(answer))) {
    console.log(`no host answered (${answers[0]?.answer}): ${answers.length} links were not checked`);
  } else {
    for (const { url, at, answer } of answers) {
      if (answer !== '200') console.log(`${isDead(answer) ? 'DEAD' : 'unclear'} ${answer} ${url}  ${at.join(' ')}`);
    }
    const dead = answers.filter(({ answer }) => isDead(answer)).length;
    console.log(`${answers.length} links, ${dead} dead`);
    process.exitCode = dead === 0 ? 0 : 1;
  }
}

/**
 * Returns the status of a page, or the code of the error.
 *
 * @param {string} url
 */
async function answerOf(url) {
  try {
    const { status } = await fetch(url, { signal: AbortSignal.timeout(1000 * seconds), redirect: 'follow' });
    return `${status}`;
  } catch (error) {
    const { cause, name } = /** @type {Error & { cause?: { code?: string } }} */ (error);
    return cause?.code ?? name;
  }
}
