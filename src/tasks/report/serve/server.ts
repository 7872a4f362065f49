/**
 * The HTTP server of `runs serve`. It listens on the loopback interface alone, answers only GET and HEAD, and serves
 * fixed paths. Pages of other origins get nothing from it: requests must name this host, which a name that a foreign
 * server has bound to 127.0.0.1 does not, and no other origin.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Failure } from '#core/failure';
import { systemProblem } from '#core/files/files';
import { mostRuns } from '#tasks/report/run/figure';
import { liveRuns } from './live-runs.js';
import { liveSteps } from './live-steps.js';
import { type ServedFile, servedFiles } from './serve-page.js';

export interface RunsServer {
  readonly address: string;
  /** Ends all connections and the server. */
  close(): Promise<void>;
}

const host = '127.0.0.1';

/**
 * Starts to serve the runs under a root. A port that cannot be listened on is a usage failure.
 *
 * @param port  0 for any that is free
 */
export async function serveRuns(root: string, port: number): Promise<RunsServer> {
  const files = servedFiles();
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    const hosts = [`${host}:${port}`, `localhost:${port}`];
    respond(
      request,
      response,
      answered(() => answerTo(request, hosts, root, files)),
    );
  });
  await new Promise<void>((resolve, reject) => {
    const failed = (error: Error) => reject(new Failure('usage', `--port ${port}: ${listenProblem(error)}`));
    server.once('error', failed).listen(port, host, () => resolve());
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    address: `http://${host}:${bound}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listenProblem(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EADDRINUSE' ? 'expected a free port; got one in use' : systemProblem(error);
}

/** The answer, or the failure in making it. */
function answered(answer: () => Answer): Answer {
  try {
    return answer();
  } catch (error) {
    if (error instanceof Failure) return refused(503, error.message);
    throw error;
  }
}

interface Answer extends ServedFile {
  readonly status: number;
}

function answerTo(
  { method, url = '', headers }: IncomingMessage,
  hosts: readonly string[],
  root: string,
  files: ReadonlyMap<string, ServedFile>,
): Answer {
  if (headers.host === undefined || !hosts.includes(headers.host)) return refused(403, 'another host');
  const isOurs = headers.origin === undefined || hosts.some((name) => headers.origin === `http://${name}`);
  if (!isOurs) return refused(403, 'another origin');
  if (method !== 'GET' && method !== 'HEAD') return refused(405, 'only GET and HEAD');
  const [path = '', query = ''] = url.split('?', 2);
  const file = files.get(path);
  if (file !== undefined) return { status: 200, ...file };
  if (path === '/api/runs') return json(liveRuns(root));
  return path === '/api/steps' ? steps(root, new URLSearchParams(query)) : refused(404, 'no such page');
}

function steps(root: string, query: URLSearchParams): Answer {
  const tokens = query.getAll('token');
  const asked = query.getAll('run').map((id, i) => ({ id, token: tokens[i] ?? '' }));
  if (asked.length > mostRuns) return refused(400, `at most ${mostRuns} runs`);
  return json(liveSteps(root, asked, query.get('key') ?? ''));
}

function json(value: unknown): Answer {
  return { status: 200, type: 'application/json; charset=utf-8', content: JSON.stringify(value) };
}

function refused(status: number, why: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', content: `${why}\n` };
}

const policy = [
  ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self'"],
  ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
].join('; ');

function respond({ method }: IncomingMessage, response: ServerResponse, { status, type, content }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(content),
    'content-security-policy': policy,
    'cache-control': 'no-store',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
  });
  response.end(method === 'HEAD' ? undefined : content);
}
