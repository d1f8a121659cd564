import { InvalidArgumentError } from 'commander';
import type { ListenAddress } from '../http/server.ts';

/** `HOST:PORT`, the host of IPv6 in brackets. */
export function parseListen(text: string): ListenAddress {
  const match = /^(?:\[([0-9a-f:]+)\]|([^:[\]\s]+)):(\d{1,5})$/i.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65535) throw new InvalidArgumentError('Expected HOST:PORT, such as 127.0.0.1:8080.');
  return { host, port };
}

export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1 to 9999.');
  return Number(text);
}

/** MiB, 0 for none. */
export function parseMebibytes(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('Expected a whole number of MiB, 0 for none.');
  return Number(text);
}

/** A share of a core: above 0, at most 1. */
export function parseDuty(text: string): number {
  const duty = Number(text);
  if (text.trim() === '' || !(duty >= 0.01 && duty <= 1))
    throw new InvalidArgumentError('Expected a share from 0.01 to 1, such as 0.25.');
  return duty;
}

export function parseMilliseconds(text: string): number {
  const ms = Number(text);
  if (text.trim() === '' || !(ms >= 0 && ms <= 60_000))
    throw new InvalidArgumentError('Expected milliseconds from 0 to 60000, such as 25.');
  return ms;
}

export function parseMbit(text: string): number {
  const mbit = Number(text);
  if (text.trim() === '' || !(mbit > 0 && mbit <= 1e6))
    throw new InvalidArgumentError('Expected Mbit/s, a positive number such as 100.');
  return mbit;
}

/** The base URL of a server, without a slash at its end. */
export function parseServerUrl(text: string): string {
  if (!URL.canParse(text) || !['http:'].includes(new URL(text).protocol))
    throw new InvalidArgumentError('Expected a URL such as http://127.0.0.1:8080.');
  return text.replace(/\/+$/, '');
}

/** Collects the values of an option that may be given many times. */
export function collectUrls(text: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), ...text.split(',').map(parseServerUrl)];
}
