import { Resolver } from 'node:dns/promises'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { errnoNameOf } from '../../src/base/errno-name-of.ts'
import { type ContainerLayout, containerLayout, projectLayout } from '../../src/engine/local/state/layout.ts'
import { readHealthRecord } from '../../src/engine/local/state/live-files.ts'
import type { LiveRecord } from '../../src/engine/local/state/live-record.ts'
import { parseContainerId, parseProjectName } from '../../src/model/names.ts'
import type { KeeperConnection } from '../../src/runtime/keeper/keeper-connection.ts'
import { encodeLaunchRequest } from '../../src/runtime/keeper/launch-request.ts'
import { readPidFile, readProcessState } from '../../src/runtime/keeper/process-files.ts'
import { startKeeper } from '../../src/runtime/keeper/start-keeper.ts'
import type { LaunchRequest, LaunchStep } from '../../src/runtime/launch/launch-op.ts'
import { eventually } from '../support/eventually.ts'

const root = join(import.meta.dirname, '../..')
const binary = join(root, 'dist/native/keeper')
const main = join(root, 'dist/supervisor.cjs')
const project = parseProjectName('shop')
const id = parseContainerId('a'.repeat(64))
const AF_INET = 2
const SOCK_STREAM = 1
const SOCK_DGRAM = 2

let folder: string
let roots: { readonly data: string; readonly run: string }
let layout: ContainerLayout
let keeper: KeeperConnection
let keeperPid: number
let port: number

const run = (...argv: string[]): readonly LaunchStep[] => [
  {
    op: { op: 'exec', candidates: argv.slice(0, 1), argv, environment: ['PATH=/bin:/usr/bin'] },
    purpose: 'run',
    optional: false,
    origin: undefined,
  },
]

function launchOf(fields: Partial<LaunchRequest>): LaunchRequest {
  return {
    id,
    kind: 'container',
    killOnHangup: false,
    stdinOpen: false,
    cloneFlags: 0,
    join: undefined,
    cgroup: undefined,
    stateDir: layout.runDir,
    logPath: undefined,
    program: run('/bin/sleep', '1000'),
    ...fields,
  }
}

/** Has the keeper hold both sockets of the DNS server on one port of the loopback. */
async function holdDns(): Promise<number> {
  const place = {
    netns: undefined,
    family: AF_INET,
    address: Uint8Array.of(127, 0, 0, 1),
    reuseAddress: true,
    ipv6Only: false,
  }
  for (;;) {
    const udp = await keeper.hold({ ...place, name: 'a/dns/udp', type: SOCK_DGRAM, port: 0, backlog: 0 })
    try {
      return await keeper.hold({ ...place, name: 'a/dns/tcp', type: SOCK_STREAM, port: udp, backlog: 16 })
    } catch (error) {
      // A port that is free for UDP may be taken for TCP.
      if (errnoNameOf(error) !== 'EADDRINUSE') throw error
      await keeper.release('a/dns/')
    }
  }
}

function writeFiles(): void {
  const healthy = ['/bin/sh', '-c', `echo probed; test -e ${join(folder, 'healthy')}`]
  const probe = launchOf({
    id: `${id}/health`,
    kind: 'auxiliary',
    killOnHangup: true,
    stateDir: undefined,
    program: run(...healthy),
  })
  const live: LiveRecord = {
    version: 1,
    id,
    project,
    service: 'web',
    number: 1,
    name: 'shop-web-1',
    netns: undefined,
    endpoints: [
      {
        network: 'default',
        networkName: 'shop_default',
        ipv4Address: '10.0.0.2',
        prefixLength: 24,
        gateway: undefined,
        macAddress: '02:00:00:00:00:02',
        interfaceName: 'eth0',
        hostInterface: 'none',
        aliases: [],
      },
    ],
    ports: [],
    dns: { udpSocket: 'a/dns/udp', tcpSocket: 'a/dns/tcp', upstreams: [], forward: false },
    health: {
      test: { kind: 'exec', argv: healthy },
      intervalMs: 50,
      timeoutMs: 5000,
      retries: 2,
      startPeriodMs: 0,
      startIntervalMs: 50,
    },
    restart: { kind: 'always' },
    cgroups: [],
  }
  writeFileSync(layout.launch, encodeLaunchRequest(launchOf({})))
  writeFileSync(layout.healthLaunch, encodeLaunchRequest(probe))
  writeFileSync(layout.live, JSON.stringify(live))
}

function supervise(): Promise<void> {
  const argv = [process.execPath, main, '--data', roots.data, '--run', roots.run, '--project', project]
  return keeper.supervise(run(...argv), join(projectLayout(roots, project).runDir, 'supervisor.log'))
}

/** The supervisor is the keeper's child that runs Node. */
function supervisorPid(): number {
  const children = readFileSync(`/proc/${keeperPid}/task/${keeperPid}/children`, 'utf8').trim().split(' ')
  const found = children.find(pid => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--project'))
  return Number(found)
}

/** Waits for another one than `before`: names are answered without it. */
async function nextSupervisor(before?: number): Promise<number> {
  return await eventually(async () => {
    const pid = supervisorPid()
    expect(pid).toBeGreaterThan(0)
    expect(pid).not.toBe(before)
    return pid
  })
}

/** Waits for its answer for as long as a program in a container would. */
async function resolve(name: string): Promise<readonly string[]> {
  const client = new Resolver({ timeout: 8000, tries: 1 })
  client.setServers([`127.0.0.1:${port}`])
  return await client.resolve4(name)
}

const currentPid = () => readPidFile(layout.pid)?.pid ?? 0
const health = () => {
  const process = readPidFile(layout.pid)
  return process === undefined ? undefined : readHealthRecord(layout.health, process)
}

// A skip shows its reason as part of the title.
describe.skipIf(!existsSync(binary))(
  'the supervisor under its keeper (dist/native/keeper must be built)',
  () => {
    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'tcompose-supervisor-'))
      roots = { data: join(folder, 'data'), run: join(folder, 'run') }
      layout = containerLayout(roots, project, id)
      mkdirSync(layout.runDir, { recursive: true })
      const { keeperSocket, keeperLock, keeperLog } = projectLayout(roots, project)
      keeper = await startKeeper({
        binary,
        socketPath: keeperSocket,
        lockPath: keeperLock,
        logPath: keeperLog,
      })
      keeperPid = (await keeper.hello()).pid
      port = await holdDns()
      writeFiles()
      await keeper.launch(readFileSync(layout.launch))
      await supervise()
    })
    afterEach(async () => {
      writeFileSync(layout.stopped, '')
      const ended = keeper.wait(id).catch(() => undefined)
      await keeper.signal(id, 9).catch(() => undefined)
      await ended
      // The supervisor lingers; the keeper ends with it once nobody is connected.
      keeper.close()
      await eventually(async () => expect(existsSync(`/proc/${keeperPid}`)).toBe(false))
      rmSync(folder, { recursive: true })
    })

    test('answers queries that waited for its start, checks health, and restarts what dies', async () => {
      expect(await resolve('web')).toEqual(['10.0.0.2'])
      await expect(resolve('example.org')).rejects.toMatchObject({ code: 'ESERVFAIL' })
      const unhealthy = await eventually(async () => {
        const found = health()
        expect(found).toMatchObject({ status: 'unhealthy' })
        return found
      })
      expect(unhealthy?.failingStreak).toBeGreaterThanOrEqual(2)
      for (const probe of unhealthy?.log ?? [])
        expect(probe).toMatchObject({ exitCode: 1, output: 'probed\n' })
      writeFileSync(join(folder, 'healthy'), '')
      await eventually(async () => expect(health()).toMatchObject({ status: 'healthy', failingStreak: 0 }))
      const first = currentPid()
      process.kill(first, 'SIGKILL')
      await eventually(async () => {
        expect(readProcessState(layout).kind).toBe('running')
        expect(currentPid()).not.toBe(first)
      })
      await eventually(async () => expect(await resolve('web')).toEqual(['10.0.0.2']))
    })

    test('killed at any moment, is started again and continues', async () => {
      await resolve('web')
      const container = currentPid()
      for (const round of [1, 2]) {
        const before = await nextSupervisor()
        process.kill(before, 'SIGKILL')
        expect(await resolve('web'), `round ${round}`).toEqual(['10.0.0.2'])
        await nextSupervisor(before)
      }
      expect(currentPid()).toBe(container)
    })

    test('restarts what died while it was dead itself', async () => {
      await resolve('web')
      const first = currentPid()
      process.kill(supervisorPid(), 'SIGKILL')
      process.kill(first, 'SIGKILL')
      await eventually(async () => {
        expect(readProcessState(layout).kind).toBe('running')
        expect(currentPid()).not.toBe(first)
      })
    })
  },
)
