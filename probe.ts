import { Subject } from './test/differential/subject.ts';
const s = new Subject(new Map(), 1);
for (const q of process.argv.slice(2)) for (const lane of ['wasm','js'] as const) try { const a = await s.answer(q, lane); console.log(lane, a.names.join(), a.rows.slice(0,5)); } catch (e) { console.log(lane, (e as Error).message); }
await s.close();
