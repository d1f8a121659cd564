// The worker behind the border between threads: looks at the bytes that come, and answers with what it saw.
import { parentPort } from 'node:worker_threads';
import { type Reply, type Request, STATE, SUM, TURN } from './receiver-protocol.ts';
import { touchBytes } from './touch-bytes.ts';

const port = parentPort!;

port.on('message', (request: Request) => {
  if (request.kind === 'look') {
    const { bytes, giveBack } = request;
    const sum = touchBytes(bytes);
    if (giveBack) port.postMessage({ sum, bytes } satisfies Reply, [bytes.buffer]);
    else port.postMessage({ sum } satisfies Reply);
  } else {
    lookInTurns(request.control, request.bytes);
    port.postMessage({ sum: 0 } satisfies Reply);
  }
});

function lookInTurns(control: Int32Array<SharedArrayBuffer>, bytes: Uint8Array): void {
  for (;;) {
    Atomics.wait(control, STATE, TURN.sender);
    const turn = Atomics.load(control, STATE);
    if (turn === TURN.over) return;
    // Woken late, for a turn that was seen and taken already.
    if (turn === TURN.sender) continue;
    control[SUM] = touchBytes(bytes);
    Atomics.store(control, STATE, TURN.sender);
    Atomics.notify(control, STATE);
  }
}
