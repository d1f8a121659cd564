import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The browser to test with: CHROMIUM, or one on PATH; undefined where there is none. */
export function findChromium(): string | undefined {
  for (const name of [process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome', 'chrome']) {
    if (name === undefined) continue;
    try {
      execFileSync(name, ['--version'], { stdio: 'ignore' });
      return name;
    } catch {}
  }
  return undefined;
}

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--remote-debugging-port=0',
];

/** An answer or an event of the protocol. */
interface Message {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
  readonly method?: string;
  readonly params?: Record<string, unknown>;
}

/** One page in a headless Chromium, steered by the DevTools protocol. */
export class Page {
  /** URLs asked for, but for those that a page holds itself. */
  readonly requests: string[] = [];
  /** What the page or the browser complained of. */
  readonly errors: string[] = [];
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, (message: Message) => void>();
  readonly #waiting = new Map<string, () => void>();
  #session = '';
  #last = 0;

  private constructor(process: ChildProcess, profile: string, socket: WebSocket) {
    this.#process = process;
    this.#profile = profile;
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#receive(JSON.parse(String(data))));
  }

  static async open(chromium: string, width: number): Promise<Page> {
    const profile = mkdtempSync(join(tmpdir(), 'sluice-chromium-'));
    const process = spawn(chromium, [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let address = '';
    for await (const line of createInterface({ input: process.stderr! })) {
      address = /DevTools listening on (ws:\S+)/.exec(line)?.[1] ?? '';
      if (address !== '') break;
    }
    const socket = new WebSocket(address);
    await once(socket as unknown as NodeJS.EventEmitter, 'open');
    const page = new Page(process, profile, socket);
    const { targetId } = await page.send<{ targetId: string }>('Target.createTarget', { url: 'about:blank' });
    const attached = await page.send<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true });
    page.#session = attached.sessionId;
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await page.send(`${domain}.enable`);
    await page.resize(width);
    return page;
  }

  send<T = unknown>(method: string, params: object = {}): Promise<T> {
    const id = ++this.#last;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#answers.set(id, ({ result, error }) => (error ? reject(new Error(error.message)) : resolve(result as T)));
    this.#socket.send(
      JSON.stringify({ id, method, params, ...(this.#session !== '' && { sessionId: this.#session }) }),
    );
    return promise;
  }

  async resize(width: number): Promise<void> {
    await this.send('Emulation.setDeviceMetricsOverride', {
      width,
      height: 900,
      deviceScaleFactor: 1,
      mobile: width < 500,
    });
  }

  async goTo(url: string): Promise<void> {
    const loaded = new Promise<void>((resolve) => this.#waiting.set('Page.loadEventFired', resolve));
    await this.send('Page.navigate', { url });
    await loaded;
  }

  /** The value of an expression, or of the promise that it gives. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send<{
      result: { value: T };
      exceptionDetails?: { exception?: { description?: string } };
    }>('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? 'the page threw');
    return result.value;
  }

  async close(): Promise<void> {
    const closed = once(this.#process, 'exit');
    this.#socket.close();
    this.#process.kill();
    await closed;
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #receive(message: Message): void {
    const { id, method = '', params = {} } = message;
    if (id !== undefined) this.#answers.get(id)?.(message);
    this.#waiting.get(method)?.();
    if (method === 'Runtime.exceptionThrown' || method === 'Log.entryAdded') this.errors.push(JSON.stringify(params));
    if (method === 'Runtime.consoleAPICalled' && params.type === 'error') this.errors.push(JSON.stringify(params.args));
    if (method === 'Network.requestWillBeSent') {
      const { url } = params.request as { url: string };
      if (!url.startsWith('data:')) this.requests.push(url);
    }
  }
}
