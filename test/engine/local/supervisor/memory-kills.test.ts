import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { MemoryKills } from '../../../../src/engine/local/supervisor/memory-kills.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

test('attributesOf() tells each kill once, to the supervisors that follow too', () => {
  using folder = temporaryFolder()
  const path = `${folder.path}/kills.json`
  const count = (kills: number) => writeFileSync(`${folder.path}/memory.events`, `oom 9\noom_kill ${kills}\n`)
  const told = (exitCode: number) => new MemoryKills(path).attributesOf(exitCode, [folder.path])['oomKilled']
  count(0)
  expect(told(137)).toBeUndefined()
  count(1)
  expect([told(137), told(137)]).toEqual(['true', undefined])
  // One of a process beside the main one.
  count(2)
  expect([told(1), told(137)]).toEqual([undefined, undefined])
  // Another control group.
  count(0)
  told(0)
  count(1)
  expect(told(137)).toBe('true')
})

test('attributesOf() knows what cannot be written', () => {
  using folder = temporaryFolder()
  const path = `${folder.path}/kills.json`
  mkdirSync(`${path}.tmp`)
  writeFileSync(`${folder.path}/memory.events`, 'oom_kill 1\n')
  const kills = new MemoryKills(path)
  const told = () => kills.attributesOf(137, [folder.path])['oomKilled']
  expect([told(), kills.isWritten, told()]).toEqual(['true', false, undefined])
  rmSync(`${path}.tmp`, { recursive: true })
  writeFileSync(`${folder.path}/memory.events`, 'oom_kill 2\n')
  expect([told(), kills.isWritten]).toEqual(['true', true])
  expect(readFileSync(path, 'utf8')).toContain('"kills":2')
})
