import { katex } from '@mdit/plugin-katex';
import { sections, slugOf } from '../../pages.mjs';
import { nameOf, titleOf } from '../stage.mjs';

/** A dead link, or a formula that KaTeX cannot read, fails the build. */
export default {
  srcDir: 'pages',
  outDir: '../../../site',
  cacheDir: 'node_modules/.cache/vitepress',
  base: process.env.SITE_BASE ?? '/', // path of the site on its server, with a slash at both ends
  lang: 'en',
  title: 'mnv4-nas',
  description: 'Neural architecture search for MobileNetV4 on CPUs',
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  ignoreDeadLinks: false,
  markdown: {
    anchor: { slugify: slugOf },
    toc: { slugify: slugOf },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config: (markdown) => {
      markdown.use(katex, { output: 'mathml', throwOnError: true, strict: 'error' });
      makeAccessible(markdown.renderer.rules);
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: { level: [2, 3] },
    docFooter: { prev: 'Previous', next: 'Next' },
    sidebar: Object.entries(sections).map(([text, pages]) => ({
      text,
      items: pages.map((page) => ({ text: titleOf(page), link: `/${nameOf(page)}` })),
    })),
  },
};

/** Wide formulas scroll, so they can be focused; a header cell without text is no header. */
function makeAccessible(rules) {
  const block = rules.math_block;
  rules.math_block = (...args) => block(...args).replace('<math', '<math tabindex="0"');
  const cell = (tokens, i, options, _, renderer) => {
    const isEmpty = tokens[i].nesting === 1 ? tokens[i + 1].content === '' : tokens[i - 1].content === '';
    if (isEmpty) tokens[i].tag = 'td';
    return renderer.renderToken(tokens, i, options);
  };
  rules.th_open = cell;
  rules.th_close = cell;
}
