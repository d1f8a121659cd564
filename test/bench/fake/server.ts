// A server that does as `sluice node` and `gateway` do when they start, and what its second argument says after that.
import { createServer } from 'node:http';

const data = process.argv[process.argv.indexOf('--data') + 1];

if (data === 'broken') {
  process.stderr.write('there is no folder "broken"\n');
  process.exit(1);
}

const server = createServer((_, response) => {
  response.writeHead(200, { 'sluice-statistics': JSON.stringify({ lane: 'js', rowsScanned: 1, route: 'push' }) });
  response.end('n\n42\n');
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`listening on http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}\n`);
});
process.on('SIGTERM', () => process.exit(0));
