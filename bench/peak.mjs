// Loaded before a measured program: reports its peak memory and its processor seconds, all threads included, when it ends.
import { writeFileSync } from 'node:fs';

const file = process.env.METER_BENCH_PEAK;
delete process.env.METER_BENCH_PEAK; // not for the programs that it starts
if (file)
  process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    writeFileSync(file, `${maxRSS * 1024} ${(userCPUTime + systemCPUTime) / 1e6}`);
  });
