import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseAbsolutePath } from '../../src/base/absolute-path.ts'
import { sha256Hex } from '../../src/base/sha256.ts'
import { LayeredTree } from '../../src/disk/layered-tree.ts'
import { containerNames } from '../../src/engine/local/container/container-names.ts'
import { containerSeccomp } from '../../src/engine/local/container/container-seccomp.ts'
import { toRuntimeSpec } from '../../src/engine/local/container/to-runtime-spec.ts'
import { UserResolver } from '../../src/engine/local/container/user-resolver.ts'
import { readEngineHost } from '../../src/engine/local/host/engine-host.ts'
import { anonymousVolumes } from '../../src/engine/local/mount/anonymous-volumes.ts'
import { resolveMounts } from '../../src/engine/local/mount/resolve-mounts.ts'
import { containerLayout, type Roots } from '../../src/engine/local/state/layout.ts'
import { createVolume } from '../../src/engine/local/volume/create-volume.ts'
import { seedVolume } from '../../src/engine/local/volume/seed-volume.ts'
import { volumeLayout } from '../../src/engine/local/volume/volume-layout.ts'
import { mountPoints } from '../../src/linux/cgroup/remove-cgroup.ts'
import { hostFiles } from '../../src/local/host-files.ts'
import type { ContainerSpec } from '../../src/model/container.ts'
import { loadProject } from '../../src/parser/load-project.ts'
import { containerSpec, toDesiredState } from '../../src/planner/index.ts'
import type { ContainerLaunch } from '../../src/runtime/launch/container-launch.ts'
import { CONTAINER_ID } from './container-input.ts'
import { fetchImage } from './fetch-image.ts'

/** A service of a folder below examples. */
export interface ExampleRequest {
  readonly example: string
  readonly service: string
  readonly environment: Readonly<Record<string, string>>
  /** Folder for what the container needs on disk. */
  readonly folder: string
  /** Name of its control group, below the root of each hierarchy. */
  readonly cgroup: string
  /** Names that lead to the container itself. */
  readonly aliases: readonly string[]
}

/** Returns the launch of an example's service: its image and volumes are made, its network is a new one of its own. */
export async function exampleLaunch(request: ExampleRequest): Promise<ContainerLaunch> {
  const { folder, aliases } = request
  const roots: Roots = { data: join(folder, 'data'), run: join(folder, 'run') }
  const { project, spec } = loadExample(request)
  const { config } = spec
  const image = await fetchImage(
    roots,
    { reference: config.image, platform: spec.platform },
    { onProgress: () => {} },
  )
  const volumes = anonymousVolumes(config, image, { inherited: [] })
  const files = new LayeredTree(image.layers)
  for (const name of [...spec.volumeNames.values(), ...volumes.map(({ name }) => name)])
    createVolume(roots, { name, labels: new Map(), createdAt: 0 })
  for (const { target, name } of volumes) await seedVolume(files, target, volumeLayout(roots, name))
  const layout = containerLayout(roots, project, CONTAINER_ID)
  mkdirSync(layout.runDir, { recursive: true })
  writeFileSync(layout.hostname, 'example\n')
  writeFileSync(layout.hosts, `127.0.0.1\tlocalhost ${aliases.join(' ')}\n`)
  writeFileSync(layout.resolvConf, '')
  const host = readEngineHost({ filters: join(folder, 'none') })
  const [mountPoint = ''] = mountPoints(host.cgroups)
  const launch = toRuntimeSpec({
    spec,
    image,
    id: CONTAINER_ID,
    layout,
    layersDir: join(roots.data, 'layers'),
    user: new UserResolver().resolve({
      user: config.user ?? image.config.user,
      groupAdd: config.groupAdd,
      image,
      layout,
    }),
    names: containerNames({ spec, id: CONTAINER_ID }, host),
    netns: undefined,
    cgroup: { version: 1, folders: [join(mountPoint, request.cgroup)] },
    mounts: resolveMounts(roots, {
      id: CONTAINER_ID,
      phase: 'created',
      spec,
      imageId: image.id,
      createdAt: 0,
      command: [],
      anonymousVolumes: volumes,
    }),
    seccomp: await containerSeccomp(config, host),
    host: { ...host, devices: [] },
  })
  const namespaces = [...launch.spec.linux.namespaces, { type: 'network' as const }]
  return { ...launch, spec: { ...launch.spec, linux: { ...launch.spec.linux, namespaces } } }
}

function loadExample({ example, service, environment }: ExampleRequest) {
  const workingDirectory = parseAbsolutePath(resolve(import.meta.dirname, '../../examples', example))
  const { value: project, diagnostics } = loadProject(
    {
      files: undefined,
      projectDirectory: undefined,
      projectName: undefined,
      profiles: undefined,
      envFiles: undefined,
      workingDirectory,
    },
    { files: hostFiles(), environment: new Map(Object.entries(environment)) },
  )
  if (project === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  const { services } = toDesiredState(project, { services: [service], noDeps: true }, sha256Hex)
  const [desired] = services
  if (desired === undefined) throw new Error(`Cannot find service "${service}"`)
  const spec: ContainerSpec = containerSpec({ project: project.name }, desired, 1)
  return { project: project.name, spec }
}
