// Loaded before a measured program: reports its peak memory, all threads included, when it ends.
import { writeFileSync } from 'node:fs';

const file = process.env.METER_BENCH_PEAK;
delete process.env.METER_BENCH_PEAK; // not for the programs that it starts
if (file) process.on('exit', () => writeFileSync(file, String(process.resourceUsage().maxRSS * 1024)));
