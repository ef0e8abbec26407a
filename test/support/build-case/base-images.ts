import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '../../../src/base/json-reader.ts'
import { part } from '../parts/part.ts'
import { type TestEntry, tarArchive } from '../tar-archive.ts'

/** An image that cases start FROM as `NAME:1`. */
export interface BaseImage {
  readonly name: string
  readonly config: JsonObject
  /** Tar archives, the lowest first. */
  readonly layers: readonly Buffer[]
}

/** The images, or why the machine cannot have them. */
export type BaseImages =
  | { readonly kind: 'ready'; readonly images: readonly BaseImage[] }
  | { readonly kind: 'missing'; readonly reason: string }

/**
 * Makes the base images. `base` has busybox, a shell and a few accounts; `cfg` a second layer and every key of a
 * configuration; `bare` no configuration at all, not even a PATH; `onb` triggers.
 */
export async function makeBaseImages(): Promise<BaseImages> {
  const busybox = await part('busybox')
  if (busybox.kind === 'missing') return busybox
  const root = await tarArchive(rootEntries(readFileSync(join(busybox.dir, 'bin/busybox'))))
  const upper = await tarArchive(UPPER)
  return {
    kind: 'ready',
    images: [
      { name: 'base', config: { Env: [PATH], Cmd: ['/bin/sh'] }, layers: [root] },
      { name: 'cfg', config: CONFIG, layers: [root, upper] },
      { name: 'bare', config: {}, layers: [root] },
      { name: 'onb', config: { Env: [PATH], OnBuild: TRIGGERS }, layers: [root] },
    ],
  }
}

/** Packs an image as `docker save` does. */
export async function packImage({ name, config, layers }: BaseImage): Promise<Buffer> {
  const created = '2001-09-09T01:46:40Z'
  const document = JSON.stringify({
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    created,
    config,
    rootfs: { type: 'layers', diff_ids: layers.map(diffIdOf) },
    history: layers.map((_, index) => ({ created, created_by: `base layer ${index}` })),
  })
  const files = layers.map(content => ({ name: `${sha256(content)}.tar`, content }))
  const manifest = { Config: 'config.json', RepoTags: [`${name}:1`], Layers: files.map(file => file.name) }
  return await tarArchive([
    ...files,
    { name: manifest.Config, content: document },
    { name: 'manifest.json', content: JSON.stringify([manifest]) },
  ])
}

/** Returns the digest of a layer, `sha256:` and hexadecimal digits. */
export function diffIdOf(layer: Buffer): string {
  return `sha256:${sha256(layer)}`
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const TRIGGERS = ['COPY marker /m/', 'ENV OB=$WHO', 'RUN echo $OB > /m/built']

const CONFIG: JsonObject = {
  User: 'app',
  WorkingDir: '/srv/app',
  Entrypoint: ['/bin/echo', 'base'],
  Cmd: ['from-base'],
  Env: [PATH, 'FOO=base', 'KEEP=yes'],
  ExposedPorts: { '8080/tcp': {} },
  Volumes: { '/vol': {} },
  Labels: { from: 'base', keep: 'base' },
  StopSignal: 'SIGUSR1',
  Healthcheck: { Test: ['CMD', 'true'], Interval: 7_000_000_000, Retries: 5 },
}

const APPLETS =
  'sh,cat,ls,echo,touch,mkdir,rm,rmdir,mv,cp,ln,id,env,chmod,chown,stat,head,md5sum,sha256sum,mkfifo,mknod,pwd,hostname,grep,sed,awk,sort,test,[,true,false,ip,printf,tr,wc,umask,readlink,find,tail,cut,seq,sleep,setpriv,dd,tee,df,mount,ulimit,date,nc,basename'

function folder(name: string, mode: number = 0o755, owner: Partial<TestEntry> = {}): TestEntry {
  return { name, type: 'directory', mode, ...owner }
}

function file(name: string, content: string | Buffer, mode: number = 0o644): TestEntry {
  return { name, content, mode }
}

function link(name: string, linkname: string): TestEntry {
  return { name, type: 'symlink', mode: 0o777, linkname }
}

const PASSWD = `root:x:0:0:root:/root:/bin/sh
app:x:1000:1001:app:/home/app:/bin/sh
svc:x:1234:2345::/nonexistent:/bin/sh
`
const GROUP = `root:x:0:
staff:x:50:
app:x:1001:
svc:x:2345:
extra:x:3000:app,svc
`

function rootEntries(busybox: Buffer): readonly TestEntry[] {
  return [
    folder('bin'),
    file('bin/busybox', busybox, 0o755),
    ...APPLETS.split(',').map(applet => link(`bin/${applet}`, 'busybox')),
    folder('etc'),
    file('etc/passwd', PASSWD),
    file('etc/group', GROUP),
    folder('home'),
    folder('home/app', 0o700, { uid: 1000, gid: 1001 }),
    folder('root', 0o700),
    folder('tmp', 0o1777),
    ...['usr', 'usr/bin', 'var', 'opt', 'dev', 'proc', 'sys', 'run', 'opt/real'].map(name => folder(name)),
    file('opt/real/old', 'old\n'),
    link('opt/link', 'real'),
    folder('opt/full'),
    file('opt/full/one', '1\n'),
    file('opt/full/two', '2\n'),
  ]
}

const UPPER: readonly TestEntry[] = [
  folder('srv'),
  folder('srv/app', 0o750, { uid: 1000, gid: 1001 }),
  { ...file('srv/app/base.txt', 'base\n', 0o600), uid: 1000, gid: 1001 },
  folder('vol'),
  file('vol/seed', 'seed\n'),
]
