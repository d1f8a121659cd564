import { answerLines } from '../servers/line-process.ts';
import { openContender } from './registry.ts';

// The process of one contender: it is told its name and a number of threads.

const [name = '', threads] = process.argv.slice(2);
await answerLines(() => openContender(name, Number(threads)));
