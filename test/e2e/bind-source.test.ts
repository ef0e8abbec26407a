import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { TestProject } from '../support/test-project.ts'

const project = new TestProject({
  compose: `
name: binds
services:
  web:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    volumes: ["./cache:/mnt", { type: bind, source: ./long, target: /srv }]
  clash: { image: "rootfs:/", command: ["true"], volumes: ["./missing:/etc/passwd"], profiles: [clash] }
`,
})
afterAll(() => project[Symbol.asyncDispose]())

for (const command of [['start'], ['restart'], ['up', '-d', 'web']]) {
  test(`${command[0]} recreates the folders of binds that were removed`, async () => {
    await project.succeed('up', '-d', 'web')
    await project.succeed('stop')
    const folders = ['cache', 'long'].map(name => join(project.folder, name))
    for (const folder of folders) rmSync(folder, { recursive: true })
    await project.succeed(...command)
    expect(folders.map(folder => existsSync(folder))).toEqual([true, true])
  })
}

test('up reports that a folder was created where a file was intended', async () => {
  const { exitCode, stderr } = await project.run(['up', '-d', 'clash'])
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(/missing" is a folder, and \/etc\/passwd is a file in the container/)
  expect(stderr).toMatch(/compose\.yaml:\d+:\d+/)
})
