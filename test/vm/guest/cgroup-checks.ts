import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import type { Check } from './main.ts'

const ROOT = '/sys/fs/cgroup'

/** The machine is as the other checks assume: cgroup v2 with every controller enabled. */
export const cgroupChecks: readonly Check[] = [
  {
    title: 'machine has cgroup v2 alone',
    run: () => {
      const types = readFileSync('/proc/self/mounts', 'utf8').match(/ cgroup2? /g)
      assert.deepEqual(types, [' cgroup2 '])
      assert.equal(readFileSync('/proc/self/cgroup', 'utf8'), '0::/\n')
    },
  },
  {
    title: 'machine has the memory, cpu, cpuset, io and pids controllers',
    run: () => {
      const controllers = readFileSync(`${ROOT}/cgroup.controllers`, 'utf8').trim().split(' ')
      for (const wanted of ['memory', 'cpu', 'cpuset', 'io', 'pids'])
        assert.ok(controllers.includes(wanted), wanted)
    },
  },
  { title: 'memory.max kills a process that wants more', run: killsTheGreedy },
]

function killsTheGreedy(): undefined {
  writeFileSync(`${ROOT}/cgroup.subtree_control`, '+memory +cpu +pids')
  mkdirSync(`${ROOT}/greedy`)
  writeFileSync(`${ROOT}/greedy/memory.max`, '8388608')
  const script = `echo $$ >${ROOT}/greedy/cgroup.procs; exec dd if=/dev/zero of=/dev/null bs=64M count=1`
  const { signal } = spawnSync('sh', ['-c', script])
  const events = readFileSync(`${ROOT}/greedy/memory.events`, 'utf8')
  rmdirSync(`${ROOT}/greedy`)
  assert.equal(signal, 'SIGKILL')
  assert.match(events, /oom_kill 1/)
}
