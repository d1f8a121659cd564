import type { FastifyInstance } from 'fastify';
import { closeServer, type ListenAddress, listen } from '../http/server.ts';

/**
 * Listens, says so, and stays until SIGTERM or SIGINT; then finishes what runs, in 10 s at most, and frees `resources`.
 * Throws `in-use` when the address is taken.
 */
export async function serve(
  app: FastifyInstance,
  address: ListenAddress,
  resources: { close(): Promise<void> },
): Promise<void> {
  let url: string;
  try {
    url = await listen(app, address);
  } catch (error) {
    await resources.close();
    throw error;
  }
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
  process.stdout.write(`listening on ${url}\n`);
  await stopped;
  await closeServer(app);
  await resources.close();
}
