import { commandStep, nodeCommand, packageCommand } from './command-step.ts'
import type { StepGroup } from './run-gate.ts'
import { vitestStep } from './vitest-step.ts'

/** What every change must pass, in half a minute. */
export const quickSteps: readonly StepGroup[] = [
  [
    commandStep('format and lint', packageCommand('@biomejs/biome/bin/biome', 'ci', '--colors=off', '.')),
    commandStep('layers, cycles, names, docs', nodeCommand('scripts/check-layers.ts')),
    commandStep('validators match the schemas', nodeCommand('scripts/build-schemas.ts', '--check')),
    commandStep('support page matches', nodeCommand('scripts/build-support-page.ts', '--check')),
    commandStep('page of commands matches', nodeCommand('scripts/build-cli-page.ts', '--check')),
    commandStep('types', packageCommand('typescript/bin/tsc', '-p', '.')),
  ],
  [
    vitestStep({
      name: 'unit',
      files: 'test/{base,model,parser,planner,engine,app,cli,scripts,bench,support}/**/*.test.ts',
    }),
  ],
]
