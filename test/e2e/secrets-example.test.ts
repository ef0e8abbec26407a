import { chownSync, cpSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { TestProject } from '../support/test-project.ts'

test('examples/secrets lets in who knows the token, and its notes belong to the caller', async () => {
  await using project = new TestProject({
    env: { NOTES_TOKEN: 'open-sesame', USER: 'ada', SUDO_UID: '4321', SUDO_GID: '4322' },
  })
  cpSync(resolve(import.meta.dirname, '../../examples/secrets'), project.folder, { recursive: true })
  mkdirSync(join(project.folder, 'notes'))
  chownSync(join(project.folder, 'notes'), 4321, 4322)
  await project.succeed('up', '-d', '--wait')
  const refused = await project.run(['exec', '-T', 'notes', 'note', 'guess', 'x'])
  expect([refused.exitCode, refused.stderr]).toEqual([1, 'wrong token\n'])
  await project.succeed('exec', '-T', 'notes', 'note', 'open-sesame', 'remember the milk')
  const note = join(project.folder, 'notes/today')
  expect(readFileSync(note, 'utf8')).toBe('Notes of ada\nremember the milk\n')
  expect([statSync(note).uid, statSync(note).gid]).toEqual([4321, 4322])
  const plan = await project.run(['plan'], { env: { NOTES_TOKEN: 'other' } })
  expect(plan.stdout).toContain('configuration changed: secret "token"')
})
