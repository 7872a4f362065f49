// A static server for a folder, below a path, which knows nothing but types of files.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.wasm': 'application/wasm',
};

/** Serves the folder; returns the address, the paths that were asked for, and a function that ends the server. */
export async function served(folder, path = '/some/where/') {
  const asked = [];
  const server = createServer(({ url }, response) => {
    const { pathname } = new URL(url, 'http://host');
    asked.push(pathname);
    const inside = pathname.startsWith(path) ? normalize(`/${decodeURIComponent(pathname.slice(path.length))}`) : '';
    const file = join(folder, inside.endsWith('/') ? `${inside}index.html` : inside);
    if (inside === '' || !existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}${path}`,
    asked,
    end: () => new Promise((resolve) => server.close(resolve)),
  };
}
