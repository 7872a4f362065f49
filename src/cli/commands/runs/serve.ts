/** `mnv4-nas runs serve`: serves a page that follows runs, until it is told to stop. */
import { defineCommand } from '#cli/arguments/command-spec';
import { rootOption } from '#cli/arguments/root-option';
import { wholeNumber } from '#cli/arguments/whole-number';
import { stopSignals } from '#core/machine/stop-signals';
import { serveRuns } from '#tasks/report/serve/server';

export const runsServe = defineCommand({
  description:
    'serve a page on this machine that follows the runs under a folder while they are in progress; Ctrl+C ends it',
  arguments: [],
  options: [
    rootOption,
    {
      flag: '--port <n>',
      description: 'the port on 127.0.0.1, 0 for any that is free',
      parse: wholeNumber(0, 65_535),
      default: 8080,
    },
  ],
  examples: ['mnv4-nas runs serve', 'mnv4-nas runs serve --root runs --port 0'],
  async run(_, { root, port }) {
    const server = await serveRuns(root, port);
    process.stdout.write(`${server.address} shows the runs under ${root}; Ctrl+C ends it\n`);
    await new Promise<void>((resolve) => {
      for (const signal of stopSignals) process.once(signal, () => resolve());
    });
    await server.close();
    return { text: () => '' };
  },
});
