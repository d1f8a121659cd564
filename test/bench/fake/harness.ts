// Starts a server, says so with its process id, and comes to the end that its argument names.
import { fileURLToPath } from 'node:url';
import { ServerProcess } from '../../../bench/servers/server-process.ts';

const script = fileURLToPath(new URL('server.ts', import.meta.url));
const server = await ServerProcess.start(['node', '--data', '.'], new AbortController().signal, { script });
process.stdout.write(`${server.pid}\n`);
const end = process.argv[2];
if (end === 'throw') setTimeout(() => JSON.parse('an uncaught error'), 10);
else if (end === 'exit') process.exit(3);
else setInterval(() => {}, 1000);
