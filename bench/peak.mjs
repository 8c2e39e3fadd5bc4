// Loaded before a measured program: reports its peak memory and its processor time, all threads included, when it ends.
import { writeFileSync } from 'node:fs';

const file = process.env.METER_BENCH_PEAK;
delete process.env.METER_BENCH_PEAK; // not for the programs that it starts
if (file) {
  process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    writeFileSync(file, JSON.stringify({ peak: maxRSS * 1024, cpu: (userCPUTime + systemCPUTime) / 1e6 }));
  });
}
