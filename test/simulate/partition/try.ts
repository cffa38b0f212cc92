import "./load.ts";
const { runPartitionSchedule } = await import("./schedule.ts");
const from = Number(process.argv[2] ?? 1), n = Number(process.argv[3] ?? 1);
const t = performance.now();
const f = new Map<string, number>(), w = new Map<string, number>(), e = new Map<string, number>();
const c = (m: Map<string, number>, k: string) => m.set(k, (m.get(k) ?? 0) + 1);
let v = 0;
for (let s = from; s < from + n; s++) {
  const r = await runPartitionSchedule(s);
  for (const x of r.faults) c(f, x);
  for (const x of r.words) c(w, x);
  for (const x of r.ends) c(e, x);
  if (r.violations.length) { v++; if (v < 15) { for (const y of r.violations.slice(0, 3)) console.log("seed", s, `[${y.invariant}] ${y.what}`); } }
}
console.log(v, "violated", ((performance.now() - t) / n).toFixed(1), "ms each", Object.fromEntries(f), Object.fromEntries(w), Object.fromEntries(e));
process.exit(0);
