import { expect, test } from 'vitest'
import { exec } from '../../src/app/exec.ts'
import { TcomposeError } from '../../src/base/tcompose-error.ts'
import type { Engine } from '../../src/engine/engine.ts'
import type { ObservedContainer } from '../../src/model/observed-state.ts'
import { memoryContext } from '../support/memory-context.ts'
import { anObservedState } from '../support/model-builders.ts'
import { anObservedContainer } from '../support/observed-container.ts'
import { aProjectRequest } from '../support/project-call.ts'

const CONTAINERS: readonly ObservedContainer[] = [
  anObservedContainer('db'),
  anObservedContainer('web', { number: 3 }),
  anObservedContainer('web', { number: 1 }),
]
const REQUEST = {
  ...{ argv: ['true'], environment: [], workingDir: undefined, user: undefined },
  privileged: false,
  io: { kind: 'detached' } as const,
}

interface Target {
  readonly service?: string
  readonly index?: number
  readonly isRoot?: boolean
}

/** Runs a process that ends as `run` does. */
async function execWith(run: Engine['exec'], { service = 'web', index = 1, isRoot = true }: Target = {}) {
  const engine: Partial<Engine> = {
    observe: async () => anObservedState({ containers: CONTAINERS }),
    exec: run,
  }
  const context = { ...memoryContext({ files: {} }, engine), isRoot }
  return await exec(context, aProjectRequest({ projectName: 'shop' }), { ...REQUEST, service, index })
}

test('exec() gives the exit code of the process', async () => {
  expect(await execWith(async () => 42)).toEqual({ kind: 'exited', exitCode: 42 })
})

for (const { code, exitCode } of [
  { code: 'program-not-found', exitCode: 127 },
  { code: 'program-not-executable', exitCode: 126 },
] as const) {
  test(`exec() ends with ${exitCode} as a shell does for ${code}`, async () => {
    const error = new TcomposeError(code, 'Cannot run "true"')
    expect(await execWith(() => Promise.reject(error))).toEqual({ kind: 'not-started', error, exitCode })
  })
}

for (const error of [new TcomposeError('container-not-running', 'Cannot run in web-1'), new Error('a bug')]) {
  test(`exec() throws "${error.message}"`, async () => {
    await expect(execWith(() => Promise.reject(error))).rejects.toBe(error)
  })
}

test('exec() asks for root before it looks for the container', async () => {
  await expect(execWith(async () => 0, { isRoot: false, index: 9 })).rejects.toMatchObject({
    code: 'not-root',
  })
})

test('exec() finds no container of another service or number, and names those there are', async () => {
  await expect(execWith(async () => 0, { index: 2 })).rejects.toMatchObject({
    code: 'container-not-running',
    message: 'Cannot find container web-2: service "web" is not running container #2',
    hint: 'Its containers are numbered 1, 3',
  })
  await expect(execWith(async () => 0, { service: 'job' })).rejects.toMatchObject({
    hint: 'Run "tcompose up -d job" first',
  })
})
