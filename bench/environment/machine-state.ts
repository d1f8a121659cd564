import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { SystemFiles } from './system-file.ts';

export const machineStateSchema = z.object({
  /** Of each core; empty where the kernel does not tell. */
  cores: z.array(z.object({ governor: z.string().nullable(), megahertz: z.number().nullable() })),
  /** By the name of the thermal zone. */
  celsius: z.record(z.string(), z.number()),
  /** What a Raspberry Pi says of its supply and its cooling; null on other machines. */
  throttled: z
    .object({
      /** As `vcgencmd get_throttled` prints them. */
      flags: z.string(),
      now: z.array(z.string()),
      sinceBoot: z.array(z.string()),
    })
    .nullable(),
});

/** What of a machine changes while it works. */
export type MachineState = z.infer<typeof machineStateSchema>;

/** Governor and frequency of each core, temperatures, and throttling where there is a `vcgencmd`. */
export async function readMachineState(files = new SystemFiles(), vcgencmd = 'vcgencmd'): Promise<MachineState> {
  const cpus = files.list('sys/devices/system/cpu').filter((name) => /^cpu\d+$/.test(name));
  const folders = cpus.map((name) => `sys/devices/system/cpu/${name}/cpufreq`);
  const cores = folders.map((folder) => {
    const kilohertz = files.number(`${folder}/scaling_cur_freq`);
    return {
      governor: files.read(`${folder}/scaling_governor`),
      megahertz: kilohertz === null ? null : kilohertz / 1000,
    };
  });
  const celsius: Record<string, number> = {};
  for (const zone of files.list('sys/class/thermal').filter((name) => name.startsWith('thermal_zone'))) {
    const thousandths = files.number(`sys/class/thermal/${zone}/temp`);
    const type = files.read(`sys/class/thermal/${zone}/type`) ?? zone;
    if (thousandths !== null) celsius[type in celsius ? `${type} ${zone}` : type] = thousandths / 1000;
  }
  const tells = cores.some(({ governor, megahertz }) => governor !== null || megahertz !== null);
  return { cores: tells ? cores : [], celsius, throttled: await readThrottled(vcgencmd) };
}

/** Bits of `get_throttled`; the same, 16 higher, say that it has happened since the machine was started. */
const FLAGS = ['under-voltage', 'frequency capped', 'throttled', 'soft temperature limit'];

async function readThrottled(vcgencmd: string): Promise<MachineState['throttled']> {
  try {
    const { stdout } = await promisify(execFile)(vcgencmd, ['get_throttled'], { timeout: 5000 });
    const flags = /throttled=(0x[0-9a-f]+)/i.exec(stdout)?.[1];
    if (flags === undefined) return null;
    const bits = Number(flags);
    const set = (first: number) => FLAGS.filter((_, bit) => (bits >> (first + bit)) & 1);
    return { flags, now: set(0), sinceBoot: set(16) };
  } catch {
    return null;
  }
}
