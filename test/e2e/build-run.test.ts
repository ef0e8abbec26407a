import { afterAll, beforeAll, expect, test } from 'vitest'
import { BuildSession } from '../support/build-session.ts'

let build: BuildSession
beforeAll(async () => {
  const opened = await BuildSession.open()
  if (typeof opened === 'string') throw new Error(opened)
  build = opened
})
afterAll(() => build[Symbol.asyncDispose]())

test('run() leaves an empty layer of a command that changes nothing', async () => {
  expect(await build.run({ script: 'true' })).toMatchObject({
    exitCode: 0,
    stdout: [],
    stderr: [],
    files: [],
  })
})

test('run() returns the exit code and the lines of a command that fails', async () => {
  const script = 'echo to be seen; echo wrong >&2; printf "no end"; exit 42'
  expect(await build.run({ script })).toMatchObject({
    exitCode: 42,
    stdout: ['to be seen', 'no end'],
    stderr: ['wrong'],
  })
})
