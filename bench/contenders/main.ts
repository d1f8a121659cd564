import { SluiceError } from '../../query/error.ts';
import type { Contender, Question } from './contender.ts';
import type { Message } from './contender-process.ts';
import { CONTENDERS } from './registry.ts';

// The process of one contender: it is told its name, answers one question after the other, and ends with its parent.

const send = (message: Message) => process.send?.(message);

function failed(error: unknown): Message {
  if (error instanceof SluiceError) return { kind: 'failed', code: error.code, message: error.message };
  return { kind: 'failed', code: 'internal', message: error instanceof Error ? error.message : String(error) };
}

let contender: Contender;
try {
  const open = CONTENDERS[process.argv[2] ?? ''];
  if (!open) throw new SluiceError('unknown-name', `there is no contender "${process.argv[2]}"`);
  contender = await open();
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
  send({ kind: 'ready' });
} catch (error) {
  send(failed(error));
  process.disconnect?.();
}
