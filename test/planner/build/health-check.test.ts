import { expect, test } from 'vitest'
import type { HealthcheckInstruction, Word } from '../../../src/model/dockerfile.ts'
import { parsePlatform } from '../../../src/model/platform.ts'
import { planHealthcheck } from '../../../src/planner/build/health-check.ts'
import { emptyImageSettings } from '../../../src/planner/build/image-settings.ts'
import type { StageState } from '../../../src/planner/build/stage-state.ts'

const span = { file: 'Dockerfile', line: 1, column: 1, endLine: 1, endColumn: 2 }

const start: StageState = {
  settings: emptyImageSettings(parsePlatform('linux/amd64')),
  variables: new Map(),
  argumentNames: [],
  tree: { kind: 'scratch' },
  history: [],
  steps: [],
  setsCommand: false,
  baseImage: undefined,
}

type Flag = 'interval' | 'timeout' | 'startPeriod' | 'startInterval' | 'retries'

function planned(flag: Flag, text: string): unknown {
  const word: Word = { text, span }
  const none = {
    interval: undefined,
    timeout: undefined,
    startPeriod: undefined,
    startInterval: undefined,
    retries: undefined,
  }
  const command = { form: 'shell', command: 'x' } as const
  const instruction: HealthcheckInstruction = {
    kind: 'healthcheck',
    span,
    text: '',
    command,
    ...none,
    [flag]: word,
  }
  return planHealthcheck(start, instruction).settings.healthcheck
}

const flags: ReadonlyArray<readonly [flag: Flag, text: string, fields: object]> = [
  ['interval', '1ms', { Interval: 1e6 }],
  ['interval', '0', {}],
  ['timeout', '', {}],
  ['startPeriod', '1m', { StartPeriod: 60e9 }],
  ['startInterval', '5s', { StartInterval: 5e9 }],
  ['retries', '3', { Retries: 3 }],
  ['retries', '0', {}],
  ['retries', '2147483647', { Retries: 2_147_483_647 }],
]
for (const [flag, text, fields] of flags) {
  test(`planHealthcheck() reads ${flag} ${JSON.stringify(text)}`, () => {
    expect(planned(flag, text)).toEqual({ Test: ['CMD-SHELL', 'x'], ...fields })
  })
}

const mistakes: ReadonlyArray<readonly [flag: Flag, text: string, message: string]> = [
  ['interval', '1', 'Cannot use --interval=1: it is no duration'],
  ['startPeriod', 'x', 'Cannot use --start-period=x: it is no duration'],
  ['timeout', '1us', 'Cannot use --timeout=1us: it is less than 1ms'],
  ['timeout', '-1s', 'Cannot use --timeout=-1s: it is less than 1ms'],
  ['retries', '-1', 'Cannot use --retries=-1: it is no count'],
  ['retries', '2147483648', 'Cannot use --retries=2147483648: it is no count'],
  ['retries', 'x', 'Cannot use --retries=x: it is no count'],
]
for (const [flag, text, message] of mistakes) {
  test(`planHealthcheck() refuses ${flag} ${text}`, () => {
    expect(() => planned(flag, text)).toThrow(message)
  })
}
