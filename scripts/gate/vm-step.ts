import { runMachine } from '../../test/vm/run-machine.ts'
import type { Step } from './step.ts'

/** Returns a step with checks of the emulated machine that has cgroup v2: those of the groups, or all without one. */
export const vmStep = (...groups: readonly string[]): Step => ({
  name: 'emulated machine',
  run: async () => {
    const heard: string[] = []
    const results = await runMachine({ groups, onLine: line => heard.push(line) })
    const failed = results.filter(({ outcome }) => outcome === 'failed')
    if (failed.length > 0) process.stdout.write(`\n--- emulated machine\n${heard.join('\n')}\n`)
    return {
      passed: results.filter(({ outcome }) => outcome === 'passed').length,
      failures: failed.map(({ title, reason }) => `${title}: ${reason}`),
      skipped: results
        .filter(({ outcome }) => outcome === 'skipped')
        .map(({ title, reason = 'no reason given' }) => ({ title, reason })),
    }
  },
})
