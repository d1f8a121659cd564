import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ObjectStore } from '../../storage-node/object-store.ts';

let folder: string;
let store: ObjectStore;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-store-'));
  const root = join(folder, 'root');
  await mkdir(join(root, 'sub', '.hidden'), { recursive: true });
  const files = [
    'a.csv',
    'a.csv.schema.json',
    '.b.csv',
    'notes.txt',
    'sub/c.TSV',
    'sub/.hidden/d.csv',
    '../outside.csv',
  ];
  for (const file of files) await writeFile(join(root, file), 'x\n1\n');
  await symlink(join(root, 'a.csv'), join(root, 'inside-link.csv'));
  await symlink(join(folder, 'outside.csv'), join(root, 'outside-link.csv'));
  await symlink(folder, join(root, 'up'));
  store = await ObjectStore.open(root);
});

afterAll(() => rm(folder, { recursive: true }));

describe('an object store', () => {
  it('lists data files by name, but no hidden ones, sidecars, other files or links that lead out', async () => {
    expect((await store.list()).map(({ name }) => name)).toEqual(['a.csv', 'inside-link.csv', 'sub/c.TSV']);
  });

  it.each([
    ['../outside.csv'],
    ['sub/../../outside.csv'],
    ['/etc/passwd'],
    ['/a.csv'],
    ['up/outside.csv'],
    ['outside-link.csv'],
    ['a.csv\0.csv'],
    ['.b.csv'],
    ['sub\\c.TSV'],
    ['sub//c.TSV'],
    ['notes.txt'],
    ['a.csv.schema.json'],
    ['sub'],
    [''],
    [`${'x'.repeat(5000)}.csv`],
  ])('finds nothing under the name %j', async (name) => {
    await expect(store.locate(name)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('gives another version once the bytes are others', async () => {
    const before = await store.locate('a.csv');
    await writeFile(before.path, 'x\n1\n2\n');
    const after = await store.locate('a.csv');
    expect(after.version).not.toBe(before.version);
    expect(after.size).toBe(6);
  });

  it('says that a folder is not there', async () => {
    await expect(ObjectStore.open(join(folder, 'none'))).rejects.toMatchObject({ code: 'not-found' });
  });
});
