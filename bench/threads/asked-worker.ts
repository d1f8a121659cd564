import { Worker, type WorkerOptions } from 'node:worker_threads';

/** A worker thread that answers messages, one at a time. */
export class AskedWorker<Request, Reply> {
  readonly #worker: Worker;
  #settle: { resolve: (reply: Reply) => void; reject: (error: Error) => void } | undefined;

  constructor(file: URL, options: WorkerOptions = {}) {
    this.#worker = new Worker(file, options);
    this.#worker.on('message', (reply: Reply) => this.#settle?.resolve(reply));
    this.#worker.on('error', (error: Error) => this.#settle?.reject(error));
  }

  ask(request: Request, transfer: ArrayBuffer[] = []): Promise<Reply> {
    const reply = this.reply();
    this.#worker.postMessage(request, transfer);
    return reply;
  }

  /** The next message of the worker. */
  reply(): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
