// Started by the benchmark: node bare-server.js <body>. Answers GET /api/verify/{id} with the same JSON each time: the framework, and nothing else.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';

const [text = ''] = process.argv.slice(2);
const app = new Hono();
app.get('/api/verify/:id', (context) => context.body(text, 200, { 'content-type': 'application/json' }));

const listener = getRequestListener(app.fetch);
const server = createServer((request, response) => void listener(request, response));
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening at http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
