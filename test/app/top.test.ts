import { expect, test } from 'vitest'
import { top } from '../../src/app/top.ts'
import type { ProcessTable } from '../../src/engine/engine.ts'
import type { ContainerState } from '../../src/model/observed-state.ts'
import { memoryContext } from '../support/memory-context.ts'
import { anObservedState } from '../support/model-builders.ts'
import { anObservedContainer } from '../support/observed-container.ts'
import { aProjectRequest } from '../support/project-call.ts'

const PROCESSES: ProcessTable = { titles: ['PID', 'CMD'], rows: [['7', 'sleep 600']] }

const STATES: Readonly<Record<string, ContainerState>> = {
  fresh: { kind: 'created' },
  half: { kind: 'incomplete' },
  lost: { kind: 'orphaned', pid: 2, startedAt: 0 },
  over: { kind: 'exited', exitCode: 0, finishedAt: 1, outOfMemory: false },
  soon: { kind: 'restarting', exitCode: 1, finishedAt: 1 },
  web: { kind: 'running', pid: 1, startedAt: 0 },
}

async function processesOf(...services: readonly string[]): Promise<readonly string[] | string> {
  const containers = Object.entries(STATES).map(([service, state]) => anObservedContainer(service, { state }))
  const context = memoryContext(
    { files: {} },
    { observe: async () => anObservedState({ containers }), processes: async () => PROCESSES },
  )
  const found = await top(context, aProjectRequest({ projectName: 'shop' }), { services })
  if (found.kind === 'invalid') return 'invalid'
  return found.containers.map(({ container, processes }) => `${container.name} ${processes.rows[0]?.[1]}`)
}

test('top() looks into each container with a process, also where its keeper is gone', async () => {
  expect(await processesOf()).toEqual(['shop-lost-1 sleep 600', 'shop-web-1 sleep 600'])
})

test('top() looks into those of the services that are named', async () => {
  expect(await processesOf('web', 'over')).toEqual(['shop-web-1 sleep 600'])
})

test('top() gives what is wrong with the request', async () => {
  const found = await top(memoryContext({ files: {} }), aProjectRequest({ projectName: 'No Name' }), {
    services: [],
  })
  expect(found).toMatchObject({ kind: 'invalid', diagnostics: [{ severity: 'error' }] })
})
