import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cacheLevelOf, dataCaches } from '../../bench/environment/caches.ts';
import { containerKind, groupLimits } from '../../bench/environment/container.ts';
import { cpuModel } from '../../bench/environment/cpu-model.ts';
import { doubts, environmentSchema, readEnvironment } from '../../bench/environment/environment.ts';
import { readMachineState } from '../../bench/environment/machine-state.ts';
import { SystemFiles } from '../../bench/environment/system-file.ts';

/** The files of a Raspberry Pi 5 in a container of half a core. */
const PI = {
  'proc/cpuinfo': 'processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0b\n',
  'sys/devices/system/cpu/cpu0/cpufreq/scaling_governor': 'ondemand\n',
  'sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq': '1500000\n',
  'sys/devices/system/cpu/cpu10/cpufreq/scaling_governor': 'performance\n',
  'sys/devices/system/cpu/cpu2/cpufreq/scaling_governor': 'powersave\n',
  'sys/devices/system/cpu/cpu0/cache/index0/level': '1\n',
  'sys/devices/system/cpu/cpu0/cache/index0/type': 'Data\n',
  'sys/devices/system/cpu/cpu0/cache/index0/size': '64K\n',
  'sys/devices/system/cpu/cpu0/cache/index1/level': '1\n',
  'sys/devices/system/cpu/cpu0/cache/index1/type': 'Instruction\n',
  'sys/devices/system/cpu/cpu0/cache/index1/size': '64K\n',
  'sys/devices/system/cpu/cpu0/cache/index2/level': '2\n',
  'sys/devices/system/cpu/cpu0/cache/index2/type': 'Unified\n',
  'sys/devices/system/cpu/cpu0/cache/index2/size': '2M\n',
  'sys/devices/system/cpu/cpufreq/boost': '1\n',
  'sys/class/thermal/thermal_zone0/type': 'cpu-thermal\n',
  'sys/class/thermal/thermal_zone0/temp': '61200\n',
  'proc/self/cgroup': '0::/user/bench\n',
  'sys/fs/cgroup/cpu.max': 'max 100000\n',
  'sys/fs/cgroup/user/cpu.max': '50000 100000\n',
  'sys/fs/cgroup/user/bench/cpu.max': '200000 100000\n',
  'sys/fs/cgroup/user/bench/memory.max': '268435456\n',
  'run/.containerenv': '',
};

describe('the environment of a run', () => {
  let root = '';
  let files = new SystemFiles();
  let vcgencmd = '';
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'sluice-system-'));
    for (const [path, text] of Object.entries(PI)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    files = new SystemFiles(root);
    vcgencmd = join(root, 'vcgencmd');
    await writeFile(vcgencmd, '#!/bin/sh\n[ "$1" = get_throttled ] && echo throttled=0x50005\n');
    await chmod(vcgencmd, 0o755);
  });
  afterAll(() => rm(root, { recursive: true }));

  it('has the governor and the frequency of each core, temperatures, and what throttled it', async () => {
    expect(await readMachineState(files, vcgencmd)).toEqual({
      cores: [
        { governor: 'ondemand', megahertz: 1500 },
        { governor: 'powersave', megahertz: null },
        { governor: 'performance', megahertz: null },
      ],
      celsius: { 'cpu-thermal': 61.2 },
      throttled: {
        flags: '0x50005',
        now: ['under-voltage', 'throttled'],
        sinceBoot: ['under-voltage', 'throttled'],
      },
    });
  });

  it('says nothing where the system says nothing', async () => {
    const nothing = new SystemFiles(join(root, 'nowhere'));
    const state = await readMachineState(nothing, join(root, 'no-vcgencmd'));
    expect(state).toEqual({ cores: [], celsius: {}, throttled: null });
    expect(groupLimits(nothing)).toEqual({ cpu: null, memory: null });
    expect(containerKind(nothing, {})).toBeNull();
    expect(cpuModel(nothing, '')).toBe('unknown');
    expect(dataCaches(nothing)).toEqual([]);
    expect(cacheLevelOf(1, [])).toBeUndefined();
  });

  it('names a core of ARM by its numbers, and a container by its marks', () => {
    expect(cpuModel(files, 'unknown')).toBe('Cortex-A76');
    expect(cpuModel(files, ' Some Processor ')).toBe('Some Processor');
    expect(containerKind(files, {})).toBe('podman');
  });

  it('knows the data caches, and which of them is large enough', () => {
    const caches = dataCaches(files);
    expect(caches).toEqual([2 ** 16, 2 ** 21]);
    expect([2 ** 16, 2 ** 16 + 1, 2 ** 21 + 1].map((bytes) => cacheLevelOf(bytes, caches))).toEqual([1, 2, 0]);
  });

  it('knows the tightest limit of the control groups it is in', () => {
    expect(groupLimits(files)).toEqual({ cpu: 0.5, memory: 2 ** 28 });
  });

  it('is complete on this machine, and doubted when the processor was throttled meanwhile', async () => {
    const environment = environmentSchema.parse(await readEnvironment());
    expect(environment.cores).toBeGreaterThan(0);
    expect(doubts({ ...environment, before: { cores: [], celsius: {}, throttled: null } })).toEqual([]);
    const after = await readMachineState(files, vcgencmd);
    expect(doubts({ ...environment, after })).toEqual([
      'the processor did not run at full speed: under-voltage, throttled',
    ]);
  });
});
