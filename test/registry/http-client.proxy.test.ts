import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseReference } from '../../src/oci/reference.ts'
import { resolveDigest } from '../../src/registry/pull-image.ts'
import { MAY_DOWNLOAD } from '../support/parts/find-program.ts'
import { makeCertificates } from '../support/registry/certificates.ts'
import { startRegistry } from '../support/registry/registry-server.ts'
import { serveImages } from '../support/registry/served-image.ts'
import { close, listen } from '../support/registry/token-server.ts'
import { tarArchive } from '../support/tar-archive.ts'

/** A proxy that leads every CONNECT to `target`, or answers it with another status than 200. */
interface Tunnel extends AsyncDisposable {
  readonly host: string
  readonly asked: readonly IncomingMessage[]
}

async function startTunnel(target: string, status = 200): Promise<Tunnel> {
  const asked: IncomingMessage[] = []
  const [host, targetPort] = target.split(':')
  const server = createServer().on('connect', (request: IncomingMessage, socket, head) => {
    asked.push(request)
    if (status !== 200) return socket.end(`HTTP/1.1 ${status} No\r\n\r\n`)
    const upstream = connect(Number(targetPort), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.write(head)
      upstream.pipe(socket).pipe(upstream)
    })
    upstream.on('error', () => socket.destroy())
    socket.on('error', () => upstream.destroy())
  })
  const port = await listen(server)
  return { host: `127.0.0.1:${port}`, asked, [Symbol.asyncDispose]: () => close(server) }
}

test(
  'HttpClient goes through a proxy to a registry with TLS, whose certificate it checks',
  MAY_DOWNLOAD,
  async ({ skip }) => {
    await using served = await serveImages()
    if (served.kind === 'missing') return skip(served.reason)
    const digest = await served.push('1', { layers: [await tarArchive([{ name: 'a' }])] })
    const made = await makeCertificates(served.folder, { names: 'DNS:registry.test' }).catch(String)
    if (typeof made === 'string') return skip(made)
    const { authority: ca, certificate, key } = made
    await using registry = await startRegistry({
      storage: served.storage,
      config: join(served.folder, 'tls.json'),
      tls: { certificate, key },
    })
    if (registry.kind === 'missing') return skip(registry.reason)
    await using tunnel = await startTunnel(registry.host)
    const settings = join(served.folder, 'registries.json')
    const reference = 'registry.test:5000/t/img:1'
    const parsed = parseReference(reference)
    if (parsed.kind !== 'registry') throw new Error(`${reference} is local`)
    const ask = (setting: object, environment: NodeJS.ProcessEnv): Promise<unknown> => {
      writeFileSync(settings, JSON.stringify({ registries: { 'registry.test:5000': setting } }))
      const all = { TCOMPOSE_REGISTRIES: settings, ...environment }
      return resolveDigest({ reference, parsed, environment: all, wait: async () => {} })
    }
    const proxy = `http://me:secret@${tunnel.host}`
    expect(await ask({ ca }, { HTTPS_PROXY: proxy })).toBe(digest)
    expect(await ask({ ca }, { https_proxy: proxy, HTTPS_PROXY: 'http://127.0.0.1:1' })).toBe(digest)
    expect(tunnel.asked.map(({ url }) => url)).toEqual(['registry.test:5000', 'registry.test:5000'])
    const login = `Basic ${Buffer.from('me:secret').toString('base64')}`
    expect(tunnel.asked.map(({ headers }) => headers['proxy-authorization'])).toEqual([login, login])
    expect(await ask({ insecure: true }, { HTTPS_PROXY: proxy })).toBe(digest)

    mkdirSync(join(served.folder, 'other'))
    const { authority: other } = await makeCertificates(join(served.folder, 'other'))
    await expect(ask({ ca: other }, { HTTPS_PROXY: proxy })).rejects.toMatchObject({
      code: 'registry-unreachable',
      message: expect.stringContaining('the certificate of registry.test:5000 cannot be trusted'),
    })
    await expect(ask({ ca }, { HTTPS_PROXY: proxy, NO_PROXY: '.test' })).rejects.toMatchObject({
      code: 'registry-unreachable',
      message: expect.stringContaining('registry.test:5000 cannot be reached'),
    })
    const closed = { HTTPS_PROXY: 'http://127.0.0.1:1', HTTP_PROXY: 'http://127.0.0.1:1' }
    for (const setting of [{ ca }, { insecure: true }]) {
      await expect(ask(setting, closed)).rejects.toMatchObject({
        code: 'registry-unreachable',
        message: `Cannot get image "${reference}": the proxy 127.0.0.1:1 to registry.test:5000 cannot be reached: nothing listens there`,
        hint: expect.stringContaining('NO_PROXY'),
      })
    }
    await using refusing = await startTunnel(registry.host, 407)
    await expect(ask({ ca }, { HTTPS_PROXY: `http://${refusing.host}` })).rejects.toMatchObject({
      code: 'registry-unreachable',
      message: expect.stringContaining('the proxy answers 407 when asked for registry.test:5000'),
    })
    expect(refusing.asked).toHaveLength(1)
  },
)
