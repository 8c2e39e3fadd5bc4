// Embedded ClickHouse behind HTTP on loopback, as much of the protocol as the driver needs: node clickhouseServer.mjs [DIRECTORY]
// Prints its port, and ends with its standard input. One query at a time: the engine streams one result a session.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Session } from 'chdb';

const [directory] = process.argv.slice(2);
const session = new Session(directory);
let last = Promise.resolve();

const server = createServer((request, response) => {
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.on('end', () => {
    const query = Buffer.concat(pieces).toString();
    last = last.then(() => answer(query, response));
  });
});

async function answer(query, response) {
  if (response.destroyed) return;
  const [, text, format = 'TabSeparated'] = /^(.*?)(?:\s+FORMAT\s+(\w+))?\s*;?\s*$/s.exec(query);
  const ending = new AbortController();
  const closed = once(response, 'close').then(() => ending.abort());
  // As the real server's headers of progress: the driver gives up a connection on which nothing comes.
  const alive = setInterval(() => response.headersSent || response.writeProcessing(), 60_000);
  try {
    response.setHeader('X-ClickHouse-Format', format);
    // A stream has no answer for statements that give no rows.
    if (!/^\s*(SELECT|WITH)\b/i.test(text)) return response.end((await session.queryAsync(text, { format })).bytes());
    for await (const chunk of session.queryStream(text, { format, signal: ending.signal })) {
      if (!response.write(chunk.raw())) await Promise.race([once(response, 'drain'), closed]);
    }
    response.end();
  } catch (error) {
    if (response.headersSent) return response.destroy();
    response.statusCode = 500;
    response.setHeader('X-ClickHouse-Exception-Code', String(error.clickhouseCode ?? 0));
    response.end(`${error.message}\n`);
  } finally {
    clearInterval(alive);
  }
}

server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.resume().on('end', () => {
  server.closeAllConnections();
  server.close();
  session.close();
});
