import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { absent } from '../../src/cli/absent-input.ts'
import { warmProcess } from '../../src/cli/warm-process.ts'

function processIn(environment: Readonly<Record<string, string>>) {
  return foldersIn(environment).warm
}

/** Returns what gives this process the folder and the environment back that a command takes. */
function keepProcess(): () => void {
  const folder = process.cwd()
  const environment = { ...process.env }
  return () => {
    process.chdir(folder)
    Object.assign(process.env, environment)
  }
}

function foldersIn(environment: Readonly<Record<string, string>>) {
  const run = mkdtempSync(join(tmpdir(), 'tc-warm-process-'))
  onTestFinished(() => rmSync(run, { recursive: true, force: true }))
  const warm = warmProcess({
    programsFolder: join(run, 'nothing-is-built'),
    environment: new Map(Object.entries({ TCOMPOSE_RUN: run, ...environment })),
    run: async () => 0,
  })
  return { warm, run }
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
    await warm.startIfWanted(false)
    expect(await warm.describe()).toBeUndefined()
  },
)

test.for([
  ['a prompt', {}, true, 'none'],
  ['a prompt that wants none', { TCOMPOSE_WARM: '0' }, true, 'none'],
  ['a job', {}, false, 'shop'],
  ['a job with a terminal', { CI: 'true' }, true, 'shop'],
] as const)(
  'no process is started for %s: %o, at a terminal: %s, projects: %s',
  async ([, given, isAtTerminal, project]) => {
    const { warm, run } = foldersIn(given)
    mkdirSync(join(run, 'projects', project === 'none' ? '' : project), { recursive: true })
    await warm.startIfWanted(isAtTerminal)
    expect(await warm.describe()).toBeUndefined()
  },
)

test('serve() with projects ends with the last of them', async () => {
  const { warm, run } = foldersIn({})
  onTestFinished(keepProcess())
  const project = join(run, 'projects/shop')
  mkdirSync(project, { recursive: true })
  const serving = warm.serve(new AbortController().signal, true)
  await expect.poll(() => warm.describe()).toMatchObject({ pid: process.pid, withProjects: true })
  rmSync(project, { recursive: true })
  await serving
  expect(readdirSync(run)).toEqual(['projects'])
  await warm.serve(new AbortController().signal, true)
})

test('serve() is a process that describes itself, until it is asked to end', async () => {
  onTestFinished(keepProcess())
  const warm = processIn({})
  const over = new AbortController()
  const serving = warm.serve(over.signal, false)
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
  await expect(warm.serve(new AbortController().signal, false)).rejects.toMatchObject(expected)
})

test('a command that is handed over has no input to ask for', () => {
  for (const port of [absent.openTerminal, absent.readInput]) expect(port).toThrow('reads its input')
})
