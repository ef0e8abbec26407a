import { spawnSync } from 'node:child_process'
import { SCENARIOS } from '../test/siege/scenarios.ts'
import { commandStep, nodeCommand } from './gate/command-step.ts'
import { hostStep } from './gate/host-step.ts'
import { quickSteps } from './gate/quick-steps.ts'
import { runGate } from './gate/run-gate.ts'
import { siegeStep } from './gate/siege-step.ts'
import { vitestStep } from './gate/vitest-step.ts'
import { vmStep } from './gate/vm-step.ts'

// The whole gate: builds, then runs everything that this machine can run. The rest is skipped, with the reason.
const hostAsBefore = hostStep()
await runGate([
  [commandStep('build', nodeCommand('scripts/build.ts'))],
  ...quickSteps,
  [vitestStep({ name: 'native', files: 'test/native/**/*.test.ts', obstacle: withoutCompiler })],
  [vitestStep({ name: 'e2e', files: 'test/e2e/**/*.test.ts', obstacle: withoutRoot })],
  ...SCENARIOS.filter(({ shortRounds }) => shortRounds > 0).map(scenario => [
    siegeStep(scenario, { seed: 1, rounds: 'short' }),
  ]),
  [vmStep()],
  [hostAsBefore],
])

function withoutCompiler(): string | undefined {
  return spawnSync('cc', ['--version']).status === 0 ? undefined : 'there is no C compiler (package gcc)'
}

function withoutRoot(): string | undefined {
  return process.getuid?.() === 0 ? undefined : 'they need root'
}
