import { SluiceError } from '../../query/error.ts';
import type { Contender, Question } from './contender.ts';
import type { Message } from './contender-process.ts';
import { openContender } from './registry.ts';

// The process of one contender: it is told its name and a number of threads, answers one question after the other, and ends with its parent.

const send = (message: Message) => process.send?.(message);

function failed(error: unknown): Message {
  if (error instanceof SluiceError) return { kind: 'failed', code: error.code, message: error.message };
  return { kind: 'failed', code: 'internal', message: error instanceof Error ? error.message : String(error) };
}

let contender: Contender;
try {
  const [name = '', threads] = process.argv.slice(2);
  contender = await openContender(name, Number(threads));
  process.on('message', async (question: Question) => {
    try {
      send({ kind: 'reply', ...(await contender.ask(question)) });
    } catch (error) {
      send(failed(error));
    }
  });
  process.on('disconnect', async () => {
    await contender.close();
    process.exit();
  });
  send({ kind: 'ready', pids: [process.pid, ...(contender.pids ?? [])] });
} catch (error) {
  send(failed(error));
  process.disconnect?.();
}
