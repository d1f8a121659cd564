import { readFileSync } from 'node:fs';
import { SluiceError } from '../../../query/error.ts';
import { type EngineMemory, KERNEL_TABLES_END } from './memory.ts';
import { TextRoom } from './text-room.ts';

/** Kernels take addresses and counts (see engine/kernels/ for each one's meaning) and give a count or an address. */
type Kernel = (...addressesAndCounts: number[]) => number;

/** The same, with some parameters of 64 bits. */
type WordKernel = (...addressesCountsAndWords: (number | bigint)[]) => number;

/** Kernels by name; their parameters are documented beside their sources. */
export interface Kernels {
  readonly endOfTables: Kernel;
  readonly csvIndexRows: Kernel;
  readonly csvIndexRowsCarefully: Kernel;
  readonly csvLocateFields: Kernel;
  readonly powersOfTenTable: Kernel;
  readonly csvParseBoolean: Kernel;
  readonly csvParseInt32: Kernel;
  readonly csvParseInt64: Kernel;
  readonly csvParseFloat64: Kernel;
  readonly csvParseDecimal: WordKernel;
  readonly csvParseWideDecimal: Kernel;
  readonly csvParseDate: Kernel;
  readonly csvParseTimestamp: Kernel;
  readonly csvParseUtf8: Kernel;
  readonly utf8ValidUntil: Kernel;
  readonly utf8Replace: Kernel;
  readonly utf8FirstInvalidText: Kernel;
  readonly isAscii: Kernel;
  readonly csvMarkNulls: Kernel;
  readonly csvDropSeparators: Kernel;
  readonly csvParseFormattedDate: Kernel;
  readonly csvParseFormattedTimestamp: Kernel;
  readonly ndjsonIndexLines: Kernel;
  readonly ndjsonWantMember: Kernel;
  readonly ndjsonLocateValues: Kernel;
  readonly ndjsonTextEnd: Kernel;
  readonly ndjsonReadText: Kernel;
  readonly ndjsonNumberEnd: Kernel;
  readonly ndjsonNestedEnd: Kernel;
  readonly snappyDecompress: Kernel;
  readonly lz4Decompress: Kernel;
  readonly lz4HadoopDecompress: Kernel;
  readonly parquetPlainTexts: Kernel;
  readonly parquetBits: Kernel;
  readonly parquetSigned32: Kernel;
  readonly parquetUnsigned32: Kernel;
  readonly parquetFloats: Kernel;
  readonly parquetSigned64: Kernel;
  readonly parquetUnsigned64: Kernel;
  readonly parquetMilliseconds: Kernel;
  readonly parquetNanoseconds: Kernel;
  readonly parquetFixedDecimals: Kernel;
  readonly parquetTextDecimals: Kernel;
  readonly readCodes1: Kernel;
  readonly readCodes2: Kernel;
  readonly readCodes4: Kernel;
  readonly skipCodes: Kernel;
  readonly sameCode: Kernel;
  readonly highestCode1: Kernel;
  readonly highestCode2: Kernel;
  readonly highestCode4: Kernel;
  readonly copyRows1: Kernel;
  readonly copyRows4: Kernel;
  readonly copyRows8: Kernel;
  readonly copyRows16: Kernel;
  readonly gatherBytes: Kernel;
  readonly countOnes: Kernel;
  readonly rankRows: Kernel;
  readonly spreadCodes1: Kernel;
  readonly spreadCodes2: Kernel;
  readonly spreadCodes4: Kernel;
  readonly gatherValidity: Kernel;
  readonly clearNulls: Kernel;
  readonly gather1To1: Kernel;
  readonly gather1To4: Kernel;
  readonly gather1To8: Kernel;
  readonly gather1To16: Kernel;
  readonly gather2To1: Kernel;
  readonly gather2To4: Kernel;
  readonly gather2To8: Kernel;
  readonly gather2To16: Kernel;
  readonly gather4To1: Kernel;
  readonly gather4To4: Kernel;
  readonly gather4To8: Kernel;
  readonly gather4To16: Kernel;
  readonly narrowPacked: Kernel;
  readonly maskCodes1: Kernel;
  readonly listMasks: Kernel;
  readonly pickCodes1: Kernel;
  readonly pickCodes2: Kernel;
  readonly pickCodes4: Kernel;
  readonly parquetDelta32: Kernel;
  readonly parquetDelta64: Kernel;
  readonly parquetPlaceTexts: Kernel;
  readonly parquetJoinedSize: Kernel;
  readonly parquetJoinTexts: Kernel;
  readonly parquetLengthsAre: Kernel;
  readonly parquetEvenTexts: Kernel;
  readonly parquetJoin4: Kernel;
  readonly parquetJoin8: Kernel;
  readonly parquetJoinBytes: Kernel;
  readonly parquetHalves: Kernel;
  readonly parquetBitRuns: Kernel;
  readonly parquetInt96: Kernel;
  readonly parquetTimeTexts: Kernel;
  readonly parquetHexTexts: Kernel;
  readonly parquetUuidTexts: Kernel;
  readonly narrowCodes1: Kernel;
  readonly narrowCodes2: Kernel;
  readonly narrowCodes4: Kernel;
  readonly compact1: Kernel;
  readonly compact4: Kernel;
  readonly compact8: Kernel;
  readonly compact16: Kernel;
  readonly concatenateUtf8: Kernel;
  readonly totalLength: (lengths: number, count: number) => bigint;
  readonly addressesFromOffsets: Kernel;
  readonly selectLike: Kernel;
  readonly upperTexts: Kernel;
  readonly lowerTexts: Kernel;
  readonly keyWords1: Kernel;
  readonly keyWords4: Kernel;
  readonly keyWords8: Kernel;
  readonly keyWords16: Kernel;
  readonly keyWordsFloat64: Kernel;
  readonly clearMasks: Kernel;
  readonly textWords: Kernel;
  readonly fillTextSlots: Kernel;
  readonly locateTextWords: Kernel;
  readonly extendRange1: Kernel;
  readonly extendRange4: Kernel;
  readonly extendRange8: Kernel;
  readonly findByCode: Kernel;
  readonly findByBytes: Kernel;
  readonly combineCodes: Kernel;
  readonly combineWideCodes1: Kernel;
  readonly combineWideCodes2: Kernel;
  readonly combineWideCodes4: Kernel;
  readonly findByCode1: Kernel;
  readonly findByCode2: Kernel;
  readonly findByCode4: Kernel;
  readonly listUnknown1: Kernel;
  readonly listUnknown2: Kernel;
  readonly listUnknown4: Kernel;
  readonly enterCodes1: Kernel;
  readonly enterCodes2: Kernel;
  readonly enterCodes4: Kernel;
  readonly spreadGroups: Kernel;
  readonly findByRow: Kernel;
  readonly moveRowSlots: Kernel;
  readonly countRows: Kernel;
  readonly countNulls: Kernel;
  readonly addCounts: Kernel;
  readonly subtractWords: Kernel;
  readonly markSeen: Kernel;
  readonly sumFloat64: Kernel;
  readonly sumBool: Kernel;
  readonly sumInt32: Kernel;
  readonly sumWords: Kernel;
  readonly magnitudeBits: Kernel;
  readonly addSumsInt64: Kernel;
  readonly addSumsWide: Kernel;
  readonly addSumsFloat64: Kernel;
  readonly sumInt64: Kernel;
  readonly sumWide: Kernel;
  readonly exceedsDecimal38: Kernel;
  readonly widen: Kernel;
  readonly leastBool: Kernel;
  readonly greatestBool: Kernel;
  readonly leastInt32: Kernel;
  readonly greatestInt32: Kernel;
  readonly leastInt64: Kernel;
  readonly greatestInt64: Kernel;
  readonly leastFloat64: Kernel;
  readonly greatestFloat64: Kernel;
  readonly leastWide: Kernel;
  readonly greatestWide: Kernel;
  readonly extremeUtf8: Kernel;
  readonly variance: Kernel;
  readonly pickFirst: Kernel;
  readonly pickLast: Kernel;
  readonly pickExtremeBool: Kernel;
  readonly pickExtremeInt32: Kernel;
  readonly pickExtremeInt64: Kernel;
  readonly pickExtremeFloat64: Kernel;
  readonly bothBytes: Kernel;
  readonly scatter1: Kernel;
  readonly scatter4: Kernel;
  readonly scatter8: Kernel;
  readonly scatter16: Kernel;
  readonly scatterUtf8: Kernel;
  readonly locateCells: Kernel;
  readonly markNulls: WordKernel;
  readonly addCodes1: WordKernel;
  readonly addCodes4: WordKernel;
  readonly addCodes8: WordKernel;
  readonly addCodesUtf8: WordKernel;
  readonly findByWord: WordKernel;
  readonly moveWordSlots: WordKernel;
}

const SOURCE = new URL('../../kernels/kernels.wasm', import.meta.url);
let compiled: WebAssembly.Module | undefined;

/**
 * An instance of the kernels over `memory`; `texts` gives them room for new text. The module is compiled once a thread.
 */
export function instantiateKernels(memory: EngineMemory, texts = new TextRoom(memory)): Kernels {
  compiled ??= new WebAssembly.Module(readKernels());
  const extendText = (state: number, bytes: number): void => texts.extend(state, bytes >>> 0);
  const env = { memory: memory.memory, extendText };
  const kernels = new WebAssembly.Instance(compiled, { env }).exports as unknown as Kernels;
  if (kernels.endOfTables() > KERNEL_TABLES_END)
    throw new SluiceError('internal', 'the tables of the kernels are too long');
  return kernels;
}

function readKernels(): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(SOURCE));
  } catch {
    throw new SluiceError('not-found', 'engine/kernels/kernels.wasm is missing: run `npm run build:kernels`');
  }
}
