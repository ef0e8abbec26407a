import { basename, join } from 'node:path'
import { cacheFolder } from './cache-folder.ts'
import { type ImageName, imageRootfs } from './image-rootfs.ts'
import { makeOciLayout, type OciProcessConfig } from './make-oci-layout.ts'
import { makeOnce } from './make-once.ts'
import type { Part } from './part.ts'

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** What the images run, and how they are set up: close to the official images of the same names. */
const CONFIGS: Readonly<Record<ImageName, OciProcessConfig>> = {
  busybox: { Cmd: ['sh'], Env: [PATH] },
  node: { Cmd: ['node'], Env: [PATH] },
  redis: {
    Cmd: ['redis-server', '--protected-mode', 'no', '--dir', '/data'],
    Env: [PATH],
    User: 'redis',
    WorkingDir: '/data',
    Volumes: { '/data': {} },
    ExposedPorts: { '6379/tcp': {} },
  },
  nginx: {
    Cmd: ['nginx', '-g', 'daemon off;'],
    Env: [PATH],
    ExposedPorts: { '80/tcp': {} },
    StopSignal: 'SIGQUIT',
  },
  postgres: {
    Entrypoint: ['/usr/local/bin/docker-entrypoint.sh'],
    Env: [PATH, 'PGDATA=/var/lib/postgresql/data'],
    Volumes: { '/var/lib/postgresql/data': {} },
    ExposedPorts: { '5432/tcp': {} },
    StopSignal: 'SIGINT',
  },
}

/** Returns an OCI image layout of `name`, to be used as `oci:DIR`; kept in `.cache`. */
export async function imageLayout(name: ImageName): Promise<Part> {
  const rootfs = await imageRootfs(name)
  if (rootfs.kind === 'missing') return rootfs
  const path = join(cacheFolder('oci'), basename(rootfs.dir))
  const dir = await makeOnce(path, folder =>
    makeOciLayout({ layers: [rootfs.dir], config: CONFIGS[name], target: folder }),
  )
  return { kind: 'ready', dir }
}
