import { cpus } from 'node:os';
import { SystemFiles } from './system-file.ts';

/** Cores of ARM by `CPU implementer` and `CPU part` in /proc/cpuinfo: those of machines that one measures on. */
const ARM_CORES: Readonly<Record<string, string>> = {
  '0x41 0xb76': 'ARM1176',
  '0x41 0xc07': 'Cortex-A7',
  '0x41 0xd03': 'Cortex-A53',
  '0x41 0xd05': 'Cortex-A55',
  '0x41 0xd07': 'Cortex-A57',
  '0x41 0xd08': 'Cortex-A72',
  '0x41 0xd0b': 'Cortex-A76',
  '0x41 0xd0c': 'Neoverse-N1',
  '0x41 0xd40': 'Neoverse-V1',
  '0x41 0xd49': 'Neoverse-N2',
  '0x41 0xd4f': 'Neoverse-V2',
};

/** The processor's name. Kernels of ARM give none but numbers, of which the usual ones have a name. */
export function cpuModel(files = new SystemFiles(), told = cpus()[0]?.model): string {
  const name = told?.trim() ?? '';
  if (name !== '' && name !== 'unknown') return name;
  const info = files.read('proc/cpuinfo') ?? '';
  const field = (key: string) => new RegExp(`^${key}\\s*:\\s*(.+)$`, 'm').exec(info)?.[1]?.trim();
  const [implementer, part] = [field('CPU implementer'), field('CPU part')];
  const arm = implementer && part && (ARM_CORES[`${implementer} ${part}`] ?? `ARM ${implementer} ${part}`);
  return field('model name') ?? (arm || (field('Hardware') ?? 'unknown'));
}
