import { expect, test } from 'vitest'
import { readOomVictim } from '../../src/linux/oom-victim.ts'

const record = (group: string, task: string): string =>
  `6,1,2,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=${group},task_memcg=${group},task=${task},pid=7,uid=0`
const log = [
  record('/tcompose/a/b/1', 'first'),
  record('/tcompose/a/b/1', 'second one'),
  record('/tcompose/a/b/12', 'other'),
  '6,1,2,-;Memory cgroup out of memory: Killed process 7 (second)',
]

for (const [group, victim] of [
  ['/tcompose/a/b/1', 'second one'],
  ['/tcompose/a/b/12', 'other'],
  ['/tcompose/a/b', undefined],
] as const) {
  test(`readOomVictim() finds ${victim ?? 'nothing'} for ${group}`, () =>
    expect(readOomVictim(group, () => log)).toBe(victim))
}

test('readOomVictim() reads the log of this machine, or finds that it may not', () =>
  expect(readOomVictim('/tcompose/there/is/none')).toBeUndefined())
