import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../../scripts/project-root.ts'
import { imageRootfs } from '../parts/image-rootfs.ts'
import { runTool } from '../parts/run-tool.ts'
import { FILES_SCENE, HOST_RESOLVERS, IPV6_SCENE, RESOLVER_SCENE } from './files-scene.ts'
import { IPV6_QUESTIONS, NAMES_SCENE, NAMES_STEPS, QUESTIONS, UPSTREAM } from './names-scene.ts'
import { startUpstream } from './start-upstream.ts'
import { READ_FILES, type SceneContainer, type ShownIn, shownFiles, tellNames } from './tell-names.ts'

// Writes what Docker's resolver answers in containers of the scenes, and what files they have below /etc, to
// test/fixtures/docker-names. TCOMPOSE_BENCH_DOCKER is what comes before `docker`: `nsenter -t PID ...`, with a mount and a
// network namespace of its own, in which the resolver file of the host is replaced for a moment.
const IMAGE = 'tcompose-docker-names:busybox'
const prefix = (process.env['TCOMPOSE_BENCH_DOCKER'] ?? '').split(' ').filter(word => word !== '')
/** A process in the network namespace that is the host of the containers. */
const hostPid = prefix[prefix.indexOf('-t') + 1] ?? ''
const target = join(projectRoot, 'test/fixtures/docker-names')
const host = {
  hosts: onHost('cat', '/etc/hosts'),
  resolvConf: onHost('cat', '/etc/resolv.conf'),
  hostname: docker(['info', '--format', '{{.Name}}']).trim(),
}

await importImage()
try {
  const names = await takeNames()
  const sixes = await withProject(IPV6_SCENE, containers => ({
    names: Object.fromEntries(tellNames(containers, IPV6_QUESTIONS)),
    files: filesOf(containers, host),
  }))
  const files = await withProject(FILES_SCENE, containers => filesOf(containers, host))
  const resolvers: Record<string, unknown> = {}
  for (const [name, text] of Object.entries(HOST_RESOLVERS)) resolvers[name] = await takeWithResolver(text)
  store('names.json', { ...names, ...sixes.names })
  store('files.json', { ...files, ...sixes.files })
  store('resolvers.json', resolvers)
} finally {
  docker(['rmi', IMAGE])
}

async function takeNames(): Promise<Readonly<Record<string, string>>> {
  try {
    compose(NAMES_SCENE, ['up', '-d'])
    for (const step of NAMES_STEPS) compose(NAMES_SCENE, step)
    await using _upstream = await startUpstream(UPSTREAM, ['nsenter', '-t', hostPid, '-n'])
    return Object.fromEntries(tellNames(sceneContainers('askme'), QUESTIONS))
  } finally {
    compose(NAMES_SCENE, ['unpause'], false)
    docker(['rm', '-f', 'askme-plain', 'askme-aliased'])
    compose(NAMES_SCENE, ['--profile', '*', 'down', '--remove-orphans', '-t', '0'])
  }
}

async function withProject<T>(scene: string, take: (containers: readonly SceneContainer[]) => T): Promise<T> {
  try {
    compose(scene, ['up', '-d'])
    return take(sceneContainers(/name: (\w+)/.exec(scene)?.[1] ?? ''))
  } finally {
    compose(scene, ['down', '-t', '0'])
  }
}

async function takeWithResolver(text: string): Promise<Readonly<Record<string, string>>> {
  const file = '/run/tcompose-docker-names.conf'
  onHost('sh', '-c', 'printf %s "$1" >"$2" && mount --bind "$2" /etc/resolv.conf', 'sh', text, file)
  try {
    const own = { ...host, resolvConf: text }
    return await withProject(RESOLVER_SCENE, containers => filesOf(containers, own, 'resolv.conf'))
  } finally {
    onHost('sh', '-c', 'umount /etc/resolv.conf && rm "$1"', 'sh', file)
  }
}

function filesOf(
  containers: readonly SceneContainer[],
  own: ShownIn['host'],
  only?: string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    containers
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(container => {
        const text = docker(['exec', container.name, 'sh', '-c', READ_FILES])
        return [container.name, shownFiles(text, { containers, host: own, only })]
      }),
  )
}

async function importImage(): Promise<void> {
  const image = await imageRootfs('busybox')
  if (image.kind === 'missing') throw new Error(`Cannot make the image: ${image.reason}`)
  const archive = join('/tmp', `tcompose-docker-names-${process.pid}.tar`)
  await runTool('tar', ['-C', image.dir, '-cf', archive, '.'])
  run([...prefix, 'docker', 'import', '-', IMAGE], { input: readFileSync(archive) })
  rmSync(archive)
}

function sceneContainers(project: string): readonly SceneContainer[] {
  const label = `label=com.docker.compose.project=${project}`
  const ids = docker(['ps', '-aq', '--no-trunc', '--filter', label]).trim().split('\n')
  const inspected: readonly Inspected[] = JSON.parse(docker(['inspect', ...ids]))
  return inspected.map(({ Id, Name, State, NetworkSettings }) => {
    const places = Object.entries(NetworkSettings.Networks).flatMap(
      ([network, { IPAddress, GlobalIPv6Address }]) => {
        const key = network === 'corp.lan' ? 'front' : network.replace(`${project}_`, '')
        return [IPAddress, GlobalIPv6Address]
          .filter(address => address !== '')
          .map(address => ({ network: key, address }))
      },
    )
    return { id: Id, name: Name.slice(1), pid: State.Pid, places }
  })
}

interface Inspected {
  readonly Id: string
  readonly Name: string
  readonly State: { readonly Pid: number }
  readonly NetworkSettings: {
    readonly Networks: Readonly<
      Record<string, { readonly IPAddress: string; readonly GlobalIPv6Address: string }>
    >
  }
}

function store(name: string, answers: object): void {
  const engine = docker(['version', '--format', 'docker {{.Server.Version}}']).trim()
  mkdirSync(target, { recursive: true })
  writeFileSync(join(target, name), `${JSON.stringify({ engine, answers }, null, 2)}\n`)
}

function compose(scene: string, args: readonly string[], mustSucceed = true): string {
  const input = Buffer.from(scene.replaceAll('IMAGE', IMAGE))
  return run([...prefix, 'docker', 'compose', '-f', '-', ...args], { input, mustSucceed })
}

function docker(args: readonly string[]): string {
  return run([...prefix, 'docker', ...args])
}

function onHost(...words: readonly string[]): string {
  return run([...prefix, ...words])
}

function run(
  [program = '', ...args]: readonly string[],
  { input, mustSucceed = true }: { readonly input?: Buffer | undefined; readonly mustSucceed?: boolean } = {},
): string {
  const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: 'utf8' })
  if (status !== 0 && mustSucceed) throw new Error(`Cannot run ${program} ${args.join(' ')}: ${stderr}`)
  return stdout
}
