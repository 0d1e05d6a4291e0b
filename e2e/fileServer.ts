/** A site of its own that lets pages read one file, and remembers who asked for what. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

interface FileServer {
  url: string;
  requests: { path: string; headers: IncomingHttpHeaders }[];
  /** What is answered from now on. */
  content: string;
  close(): Promise<void>;
}

export async function startFileServer(name: string, content: string): Promise<FileServer> {
  const requests: FileServer['requests'] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push({ path, headers: request.headers });
    response.setHeader('Access-Control-Allow-Origin', '*');
    if (path === `/${name}`) response.end(files.content);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const files: FileServer = {
    url: `http://127.0.0.1:${port}`,
    requests,
    content,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return files;
}
