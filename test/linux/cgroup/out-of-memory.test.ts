import { expect, test } from 'vitest'
import { outOfMemoryKills, wasOutOfMemory } from '../../../src/linux/cgroup/out-of-memory.ts'
import { fakeCgroupFiles } from '../../support/fake-cgroup-files.ts'

const cases = [
  { file: 'memory.oom_control', text: 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n', killed: true },
  { file: 'memory.oom_control', text: 'oom_kill_disable 1\nunder_oom 0\noom_kill 0\n', killed: false },
  { file: 'memory.events', text: 'low 0\noom 4\noom_kill 12\noom_group_kill 0\n', killed: true },
  { file: 'memory.events', text: 'low 0\noom 4\noom_kill 0\noom_group_kill 3\n', killed: false },
]
for (const { file, text, killed } of cases) {
  test(`wasOutOfMemory() gives ${killed} for ${file} ${JSON.stringify(text)}`, () => {
    expect(wasOutOfMemory(['/pids', '/memory'], fakeCgroupFiles({ [`/memory/${file}`]: text }))).toBe(killed)
  })
}

test('wasOutOfMemory() gives false when the folders are gone', () => {
  expect(wasOutOfMemory(['/memory'], fakeCgroupFiles({}))).toBe(false)
})

test('outOfMemoryKills() counts what the kernel killed', () => {
  const files = fakeCgroupFiles({ '/memory/memory.events': 'oom 4\noom_kill 12\n' })
  expect(outOfMemoryKills(['/pids', '/memory'], files)).toBe(12)
})
