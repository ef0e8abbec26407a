import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TestProject } from '../support/test-project.ts'

const COMPOSE = `
name: lost
services:
  w:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    env_file: [s.env]
    ports: ["80"]
`

/** Commands that manage a running project, in an order in which each finds something to do. */
const COMMANDS: readonly (readonly string[])[] = [
  ['ps'],
  ['logs'],
  ['exec', '-T', 'w', 'true'],
  ['port', 'w', '80'],
  ['top'],
  ['images'],
  ['stop'],
  ['start'],
  ['restart'],
  ['kill'],
  ['rm', '-f'],
  ['down'],
]

const project = new TestProject({ compose: COMPOSE, files: { 's.env': 'A=1\n' } })
const path = (name: string): string => join(project.folder, name)
afterAll(() => {
  writeFileSync(path('compose.yaml'), COMPOSE)
  return project[Symbol.asyncDispose]()
})

for (const { what, spoil, args } of [
  { what: 'its env file is missing', spoil: () => rmSync(path('s.env')), args: [] },
  {
    what: 'its file is not YAML',
    spoil: () => writeFileSync(path('compose.yaml'), 'services: [\n'),
    args: [],
  },
  {
    what: 'a required variable is unset',
    spoil: () => writeFileSync(path('compose.yaml'), COMPOSE.replace('rootfs:/', '"${NEED:?}"')),
    args: [],
  },
  { what: 'its file is missing', spoil: () => rmSync(path('compose.yaml')), args: ['-p', 'lost'] },
]) {
  describe(`a project when ${what}`, () => {
    beforeAll(async () => {
      writeFileSync(path('compose.yaml'), COMPOSE)
      writeFileSync(path('s.env'), 'A=1\n')
      await project.succeed('up', '-d')
      spoil()
    })

    test('can still be managed', async () => {
      for (const command of COMMANDS) {
        const { exitCode, stderr } = await project.run([...args, ...command])
        expect({ command, exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({
          command,
          exitCode: 0,
          stderr: '',
        })
      }
    })

    test('is not brought up', async () => {
      expect((await project.run(['up', '-d'])).exitCode).toBe(2)
    })
  })
}
