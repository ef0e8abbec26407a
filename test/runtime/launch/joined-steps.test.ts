import { describe, expect, test } from 'vitest'
import type { Service } from '../../../src/model/service.ts'
import { compileRuntimeSpec } from '../../../src/runtime/launch/compile-runtime-spec.ts'
import type { LaunchRequest } from '../../../src/runtime/launch/launch-op.ts'
import { aContainerLaunch } from '../../support/container-input.ts'

const owner = { record: '/run/owner/pid', pid: 77, subject: 'container shop-db-1' }

function compile(service: Partial<Service>): LaunchRequest {
  const joined = new Map(
    (['pid', 'ipc'] as const).flatMap(type =>
      service[type]?.kind === 'service' ? [[type, owner] as const] : [],
    ),
  )
  return compileRuntimeSpec(aContainerLaunch(service, { joined }))
}

const shared = { kind: 'service', service: 'db' } as const
const host = { kind: 'host' } as const

function summary({ program }: LaunchRequest): readonly string[] {
  return program.map(({ op }) => {
    if (op.op === 'open-tree-of') return `open ${op.path} of ${op.record} in ${op.slot}`
    if (op.op === 'join-process') return `join ${op.namespace.toString(16)} of ${op.record}`
    if (op.op === 'place-tree') return `place ${op.slot} at ${op.target}`
    return op.op === 'mount' ? `mount ${op.target}` : op.op
  })
}

describe('compileRuntimeSpec() of a container that shares namespaces', () => {
  test('joins the process of the other at each launch, and has its /proc in place of one of its own', () => {
    const request = compile({ pid: shared })
    const steps = summary(request)
    expect(request.cloneFlags).toBe(0x0c020000)
    expect(steps).toContain('join 20000000 of /run/owner/pid')
    expect(steps).toContain('place 254 at /proc')
    expect(steps).not.toContain('mount /proc')
    expect(steps.indexOf('open /proc of /run/owner/pid in 254')).toBeLessThan(steps.indexOf('pivot-root'))
    const [joining] = request.program.filter(({ op }) => op.op === 'join-process')
    expect(joining).toMatchObject({
      origin: 'services.web.pid',
      purpose: 'join the PID namespace of container shop-db-1',
    })
  })

  test('has the shared memory of the other', () => {
    const request = compile({ ipc: shared })
    const steps = summary(request)
    expect(request.cloneFlags).toBe(0x24020000)
    expect(steps).toContain('join 8000000 of /run/owner/pid')
    expect(steps).toContain('open /dev/shm of /run/owner/pid in 253')
    expect(steps).toContain('place 253 at /dev/shm')
    expect(steps).not.toContain('mount /dev/shm')
    expect(steps).toContain('mount /dev/mqueue')
  })

  test('takes its terminal only once it is born', () => {
    const steps = summary(compile({ pid: shared, tty: true }))
    expect(steps).not.toContain('open-terminal')
    expect(steps.indexOf('make-terminal')).toBeLessThan(steps.indexOf('set-capabilities'))
    expect(steps.slice(-3)).toEqual(['take-terminal', 'parent-death-signal', 'exec'])
  })

  test("leaves out what is the host's", () => {
    const request = compile({ pid: host, ipc: host, uts: 'host', cgroup: 'host' })
    const steps = summary(request)
    expect(request.cloneFlags).toBe(0x00020000)
    expect(steps).not.toContain('set-hostname')
    expect(steps).not.toContain('unshare')
    expect(steps).not.toContain('join-process')
    expect(steps).toContain('mount /proc')
    const sources = request.program.flatMap(({ op }) => (op.op === 'open-tree' ? [op.source] : []))
    expect(sources).toContain('/dev/shm')
  })

  test('has no shared memory with ipc: none', () => {
    const steps = summary(compile({ ipc: { kind: 'none' } }))
    expect(steps).not.toContain('mount /dev/shm')
  })
})
