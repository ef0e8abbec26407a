import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  type EngineProbeOptions,
  runEngineProbe,
} from '../../../../../src/engine/local/supervisor/health/engine-probe.ts'
import { LogPattern } from '../../../../../src/engine/local/supervisor/health/log-pattern.ts'
import type { HealthProbeTest } from '../../../../../src/model/service.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'
import { temporaryFolder } from '../../../../support/temporary-folder.ts'

/** Probes this process, which stands for the main one of a container. */
async function probed(test: HealthProbeTest, changes: Partial<EngineProbeOptions> = {}) {
  const { exitCode, output } = await runEngineProbe({
    ...{ clock: new FakeClock(), test, pid: process.pid, timeoutMs: 1000, pattern: undefined },
    signal: new AbortController().signal,
    ...changes,
  })
  return [exitCode, output]
}

async function listening<S extends Server>(server: S, target: string | 0 = 0): Promise<S & AsyncDisposable> {
  await new Promise<void>(resolve => {
    if (target === 0) server.listen(0, '127.0.0.1', resolve)
    else server.listen(target, resolve)
  })
  return Object.assign(server, {
    [Symbol.asyncDispose]: async () => void server.close(),
  })
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

test('runEngineProbe() connects to a port of the container', async () => {
  const server = createServer(socket => socket.end())
  let port: number
  {
    await using open = await listening(server)
    port = portOf(open)
    expect(await probed({ kind: 'tcp', port })).toEqual([0, `connected to port ${port}`])
  }
  expect(await probed({ kind: 'tcp', port })).toEqual([1, 'connection refused'])
})

test('runEngineProbe() wants an answer from 200 to 399', async () => {
  const server = createHttpServer((request, response) => {
    const status = Number(request.url?.slice(1))
    response.writeHead(status, request.headers.host === `localhost:${portOf(server)}` ? 'Said' : 'Host?')
    response.end(status < 400 ? 'x'.repeat(1 << 20) : 'no database\nand more')
  })
  await using open = await listening(server)
  const port = portOf(open)
  expect(await probed({ kind: 'http', port, path: '/204' })).toEqual([0, '204 Said'])
  expect(await probed({ kind: 'http', port, path: '/302' })).toEqual([0, '302 Said'])
  expect(await probed({ kind: 'http', port, path: '/503' })).toEqual([1, '503 Said: no database'])
})

test('runEngineProbe() ends after its timeout where nobody answers', async () => {
  await using open = await listening(createServer(() => {}))
  const clock = new FakeClock()
  const probing = probed({ kind: 'http', port: portOf(open), path: '/' }, { clock, timeoutMs: 500 })
  await clock.advance(500)
  expect(await probing).toEqual([-1, 'Health check exceeded timeout (500ms)'])
})

test('runEngineProbe() connects to a socket in the files of the container', async () => {
  using folder = temporaryFolder()
  mkdirSync(join(folder.path, 'run'))
  symlinkSync('run', join(folder.path, 'link'))
  await using _open = await listening(
    createServer(socket => socket.end()),
    join(folder.path, 'run/app.sock'),
  )
  const path = join(folder.path, 'link/app.sock')
  expect(await probed({ kind: 'unix', path })).toEqual([0, `connected to ${path}`])
  const [exitCode, output] = await probed({ kind: 'unix', path: join(folder.path, 'none') })
  expect(exitCode).toBe(1)
  expect(output).toContain('no such file')
})

test('runEngineProbe() finds a line that was written since the start, however often it looks', async () => {
  using folder = temporaryFolder()
  const log = join(folder.path, 'log')
  const since = Date.parse('2026-11-23T12:00:00Z')
  const early = '2026-11-23T11:59:00.000000000Z stdout F ready\n'
  writeFileSync(log, early)
  using pattern = new LogPattern(log, '^ready', since)
  const test = { kind: 'log', pattern: '^ready' } as const
  expect(await probed(test, { pattern })).toEqual([1, 'no line of the log matches yet'])
  writeFileSync(log, `${early}2026-11-23T12:00:01.000000000Z stderr F ready to serve\n`)
  expect(await probed(test, { pattern })).toEqual([0, 'ready to serve'])
  expect(await probed(test, { pattern })).toEqual([0, 'ready to serve'])
})
