import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ApplyContext } from '../../src/engine/local/apply/apply-context.ts'
import { CoalescedTask } from '../../src/engine/local/apply/coalesced-task.ts'
import { Removals } from '../../src/engine/local/apply/removals.ts'
import { UserResolver } from '../../src/engine/local/container/user-resolver.ts'
import type { EngineHost } from '../../src/engine/local/host/engine-host.ts'
import { NO_RUNTIMES } from '../../src/engine/local/host/runtime-sources.ts'
import { knownImages } from '../../src/engine/local/image/known-images.ts'
import { AddressAllocator } from '../../src/engine/local/network/address-allocator.ts'
import { PortForwards } from '../../src/engine/local/network/port-forwards.ts'
import {
  type ContainerLayout,
  containerLayout,
  projectLayout,
  type Roots,
} from '../../src/engine/local/state/layout.ts'
import type { ContainerEntry } from '../../src/engine/local/state/project-record.ts'
import { RecordStore } from '../../src/engine/local/state/record-store.ts'
import type { ContainerSpec } from '../../src/model/container.ts'
import { parseContainerId, parseProjectName } from '../../src/model/names.ts'
import { FakeKeeper } from './fake-keeper.ts'
import { type FakeKernelNetwork, fakeKernelNetwork } from './fake-kernel-network.ts'
import { NO_LEASE } from './no-lease.ts'
import { temporaryFolder } from './temporary-folder.ts'

const SHOP = parseProjectName('shop')

/** The project `shop` in a folder of its own, on a kernel and with a keeper that need no root. */
export interface ApplyScene extends AsyncDisposable {
  readonly roots: Roots
  /** A folder to be an image's root file system. */
  readonly image: string
  readonly store: RecordStore
  readonly keeper: FakeKeeper
  readonly network: FakeKernelNetwork
  readonly host: EngineHost
  readonly context: ApplyContext
  /** What handlers said: warnings, and why they left something. */
  readonly said: string[]
  /** Resolves when all that handlers have set going is done, with what failed of it. */
  readonly settled: () => Promise<readonly unknown[]>
  /** Enters a container that was created into the record, with its folders. */
  readonly addContainer: (
    spec: ContainerSpec,
    changes?: Partial<ContainerEntry>,
  ) => { readonly entry: ContainerEntry; readonly layout: ContainerLayout }
}

/** Makes a scene; `changes` are to what handlers share. */
export function applyScene(changes: Partial<ApplyContext> = {}): ApplyScene {
  const folder = temporaryFolder()
  const roots = { data: join(folder.path, 'data'), run: join(folder.path, 'run') }
  const image = join(folder.path, 'image')
  const cgroups = join(folder.path, 'cgroup')
  const layout = projectLayout(roots, SHOP)
  for (const path of [image, cgroups, layout.runDir, layout.dataDir]) mkdirSync(path, { recursive: true })
  const store = new RecordStore(SHOP, layout)
  const keeper = new FakeKeeper({ folder: folder.path, lock: layout.keeperLock })
  const network = fakeKernelNetwork()
  const said: string[] = []
  const pending: Promise<void>[] = []
  const host: EngineHost = {
    cgroups: { kind: 'v1', hierarchies: [{ mountPoint: cgroups, controllers: ['memory', 'cpu', 'pids'] }] },
    capabilities: (1n << 41n) - 1n,
    hostname: 'machine',
    runtimeSources: NO_RUNTIMES,
    deviceSources: { cdiFolders: [], gpuRoot: folder.path },
    idFolder: folder.path,
    filtersFolder: join(folder.path, 'filters'),
  }
  const ports = new PortForwards(roots, SHOP, store)
  const source = { roots, tag: 'abcdef', project: SHOP, store, ports }
  const context: ApplyContext = {
    ...source,
    layout,
    announced: new Map(),
    signal: new AbortController().signal,
    lease: NO_LEASE,
    keeper: async () => keeper,
    runningKeeper: async () => (keeper.hasEnded ? undefined : keeper),
    host,
    images: knownImages(roots),
    accounts: new UserResolver(),
    stopSignals: new Map(),
    addresses: new AddressAllocator(roots, SHOP, store),
    network,
    removals: new Removals(network.removeInterfaces),
    tornDown: new Map(),
    firewall: new CoalescedTask(async () => network.updateFirewall(source)),
    wantSupervisor: () => {},
    onHookLine: ({ entry, stream, line }) => void said.push(`${entry.spec.name} ${stream}: ${line}`),
    noteWait: ({ service, number }, reason) =>
      void said.push(`waiting for ${service}-${number}: ${JSON.stringify(reason)}`),
    onProviderInfo: message => void said.push(`info: ${message}`),
    warn: message => void said.push(`warning: ${message}`),
    leave: why => void said.push(`left: ${why}`),
    doneWhen: gone => void pending.push(gone),
    ...changes,
  }
  return {
    ...{ roots, image, store, keeper, network, host, context, said },
    settled: async () => {
      await context.removals.flush()
      const results = await Promise.allSettled(pending)
      return results.flatMap(result => (result.status === 'rejected' ? [result.reason] : []))
    },
    addContainer: (spec, entryChanges = {}) => {
      const id = parseContainerId(String(store.record.containers.size + 1).repeat(64))
      const { id: imageId } = knownImages(roots).open({
        reference: spec.config.image,
        platform: spec.platform,
      })
      const entry: ContainerEntry = {
        ...{ id, phase: 'created', spec, createdAt: store.record.containers.size + 1 },
        ...{ imageId, command: [], anonymousVolumes: [] },
        ...entryChanges,
      }
      store.setContainer(entry.id, entry)
      const paths = containerLayout(roots, SHOP, entry.id)
      for (const path of [paths.runDir, paths.upper, paths.work]) mkdirSync(path, { recursive: true })
      return { entry, layout: paths }
    },
    [Symbol.asyncDispose]: async () => {
      await keeper[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
    },
  }
}
