import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { absent } from '../../src/cli/absent-input.ts'
import { warmProcess } from '../../src/cli/warm-process.ts'

function processIn(environment: Readonly<Record<string, string>>) {
  const run = mkdtempSync(join(tmpdir(), 'tc-warm-process-'))
  onTestFinished(() => rmSync(run, { recursive: true, force: true }))
  return warmProcess({
    programsFolder: join(run, 'nothing-is-built'),
    environment: new Map(Object.entries({ TCOMPOSE_RUN: run, ...environment })),
    run: async () => 0,
  })
}

test('where no process is warm there is none to describe or to end', async () => {
  const warm = processIn({})
  expect(await warm.describe()).toBeUndefined()
  expect(await warm.end()).toBeUndefined()
})

test.for([{}, { TCOMPOSE_WARM: '0' }, { TCOMPOSE_WARM: 'yes' }])(
  'no process is started unless TCOMPOSE_WARM is 1: %o',
  async environment => {
    const warm = processIn(environment)
    await warm.startIfWanted()
    expect(await warm.describe()).toBeUndefined()
  },
)

test('serve() is a process that describes itself, until it is asked to end', async () => {
  const folder = process.cwd()
  const environment = { ...process.env }
  onTestFinished(() => {
    process.chdir(folder)
    Object.assign(process.env, environment)
  })
  const warm = processIn({})
  const over = new AbortController()
  const serving = warm.serve(over.signal)
  await expect.poll(() => warm.describe()).toMatchObject({ pid: process.pid, commands: 0 })
  expect(await warm.start()).toMatchObject({ pid: process.pid })
  over.abort()
  await serving
  expect(await warm.describe()).toBeUndefined()
})

test('start() and serve() say at once where no socket can be made', async () => {
  const warm = processIn({ TCOMPOSE_RUN: import.meta.filename })
  const expected = {
    code: 'warm-process',
    message: expect.stringMatching(/^Cannot make the socket ".+": ENOTDIR$/),
  }
  await expect(warm.start()).rejects.toMatchObject(expected)
  await expect(warm.serve(new AbortController().signal)).rejects.toMatchObject(expected)
})

test('a command that is handed over has no input to ask for', () => {
  for (const port of [absent.openTerminal, absent.readInput]) expect(port).toThrow('reads its input')
})
