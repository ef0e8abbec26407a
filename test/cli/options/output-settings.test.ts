import { expect, test } from 'vitest'
import { type OutputWishes, outputSettings } from '../../../src/cli/options/output-settings.ts'
import { recordedOutput, recordedPorts } from '../../support/cli-ports.ts'

const NONE: OutputWishes = { ansi: undefined, progress: undefined }
const cases: ReadonlyArray<{
  readonly title: string
  readonly wishes?: OutputWishes
  readonly isTerminal: boolean
  readonly environment?: Readonly<Record<string, string>>
  readonly progress: string
  readonly isColored: boolean
}> = [
  { title: 'a terminal', isTerminal: true, progress: 'tty', isColored: true },
  { title: 'a pipe', isTerminal: false, progress: 'plain', isColored: false },
  { title: 'NO_COLOR', isTerminal: true, environment: { NO_COLOR: '1' }, progress: 'tty', isColored: false },
  {
    title: 'an empty NO_COLOR',
    isTerminal: true,
    environment: { NO_COLOR: '' },
    progress: 'tty',
    isColored: true,
  },
  {
    title: 'a dumb terminal',
    isTerminal: true,
    environment: { TERM: 'dumb' },
    progress: 'plain',
    isColored: true,
  },
  {
    title: '--ansi never',
    wishes: { ...NONE, ansi: 'never' },
    isTerminal: true,
    progress: 'plain',
    isColored: false,
  },
  {
    title: '--ansi always',
    wishes: { ...NONE, ansi: 'always' },
    isTerminal: false,
    progress: 'plain',
    isColored: true,
  },
  {
    title: 'COMPOSE_ANSI',
    isTerminal: true,
    environment: { COMPOSE_ANSI: 'never' },
    progress: 'plain',
    isColored: false,
  },
  {
    title: 'COMPOSE_PROGRESS',
    isTerminal: true,
    environment: { COMPOSE_PROGRESS: 'json' },
    progress: 'json',
    isColored: true,
  },
  {
    title: '--progress over COMPOSE_PROGRESS',
    wishes: { ...NONE, progress: 'quiet' },
    isTerminal: true,
    environment: { COMPOSE_PROGRESS: 'json' },
    progress: 'quiet',
    isColored: true,
  },
]
for (const { title, wishes = NONE, isTerminal, environment = {}, progress, isColored } of cases) {
  test(`outputSettings() obeys ${title}`, () => {
    const ports = {
      ...recordedPorts([]),
      stdout: recordedOutput({ isTerminal }),
      stderr: recordedOutput({ isTerminal }),
      environment: new Map(Object.entries(environment)),
    }
    expect(outputSettings(wishes, ports)).toEqual({
      progress,
      progressStream: 'stderr',
      isOutputColored: isColored,
      isErrorColored: isColored,
    })
  })
}

test('outputSettings() moves progress to standard output for COMPOSE_STATUS_STDOUT', () => {
  const ports = {
    ...recordedPorts([]),
    stdout: recordedOutput({ isTerminal: false }),
    stderr: recordedOutput({ isTerminal: true }),
    environment: new Map([['COMPOSE_STATUS_STDOUT', '1']]),
  }
  expect(outputSettings(NONE, ports)).toMatchObject({ progressStream: 'stdout', progress: 'plain' })
})
