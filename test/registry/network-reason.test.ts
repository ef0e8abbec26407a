import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseReference } from '../../src/oci/reference.ts'
import { isWorthAnotherTry, networkReason } from '../../src/registry/network-reason.ts'
import { resolveDigest } from '../../src/registry/pull-image.ts'
import { MAY_DOWNLOAD } from '../support/parts/find-program.ts'
import { type CertificateOptions, makeCertificates } from '../support/registry/certificates.ts'
import { startRegistry } from '../support/registry/registry-server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** Asks for an image with the authority `ca` named for its registry. */
async function ask(folder: string, host: string, ca: string): Promise<unknown> {
  const settings = join(folder, 'registries.json')
  writeFileSync(settings, JSON.stringify({ registries: { [host]: { ca } } }))
  const reference = `${host}/t/img:1`
  const parsed = parseReference(reference)
  if (parsed.kind !== 'registry') throw new Error(`${reference} is local`)
  return await resolveDigest({
    reference,
    parsed,
    environment: { TCOMPOSE_REGISTRIES: settings },
    wait: async () => {},
  })
}

const certificates: ReadonlyArray<{
  readonly what: string
  readonly options: CertificateOptions
  readonly problem: string
  readonly hint: string
}> = [
  {
    what: 'has expired',
    options: { days: -1 },
    problem: 'cannot be trusted: it has expired',
    hint: 'Have the certificate renewed',
  },
  {
    what: 'is for another name',
    options: { names: 'DNS:other.test' },
    problem: 'cannot be trusted: it is for another name',
    hint: 'Use a name that the certificate is for',
  },
]

for (const { what, options, problem, hint } of certificates) {
  test(`networkReason() tells of a certificate that ${what}`, MAY_DOWNLOAD, async ({ skip }) => {
    using root = temporaryFolder()
    const made = await makeCertificates(root.path, options).catch(String)
    if (typeof made === 'string') return skip(made)
    const { authority, certificate, key } = made
    await using registry = await startRegistry({
      storage: join(root.path, 'storage'),
      config: join(root.path, 'registry.json'),
      tls: { certificate, key },
    })
    if (registry.kind === 'missing') return skip(registry.reason)
    await expect(ask(root.path, registry.host, authority)).rejects.toMatchObject({
      code: 'registry-unreachable',
      message: expect.stringContaining(`the certificate of ${registry.host} ${problem}`),
      hint: expect.stringContaining(hint),
    })
  })
}

test("networkReason() tells of an authority that this machine does not trust, and leaves Node's advice out", () => {
  const cause = Object.assign(
    new Error(
      'unable to verify the first certificate; if the root CA is installed locally, try running Node.js with --use-system-ca',
    ),
    { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
  )
  expect(networkReason(new URL('https://registry.test/v2/'), cause)).toMatchObject({
    problem: expect.stringContaining('signed by an authority that this machine does not trust'),
    cause: { message: 'unable to verify the first certificate' },
  })
})

test(
  'networkReason() tells of a registry without TLS where there should be one',
  MAY_DOWNLOAD,
  async ({ skip }) => {
    using root = temporaryFolder()
    const made = await makeCertificates(root.path).catch(String)
    if (typeof made === 'string') return skip(made)
    await using registry = await startRegistry({
      storage: join(root.path, 'storage'),
      config: join(root.path, 'registry.json'),
    })
    if (registry.kind === 'missing') return skip(registry.reason)
    await expect(ask(root.path, registry.host, made.authority)).rejects.toMatchObject({
      code: 'registry-unreachable',
      message: expect.stringContaining(`${registry.host} does not speak TLS`),
      hint: expect.stringContaining('"insecure" in registries.json'),
    })
  },
)

test('networkReason() tells of a server that breaks off every connection', async () => {
  using root = temporaryFolder()
  const made = await makeCertificates(root.path)
  const server = createServer(socket => socket.once('data', () => socket.resetAndDestroy()))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  try {
    await expect(ask(root.path, `127.0.0.1:${port}`, made.authority)).rejects.toMatchObject({
      code: 'registry-unreachable',
      message: expect.stringContaining(`127.0.0.1:${port} cannot be reached: it closes connections`),
    })
  } finally {
    await new Promise(resolve => server.close(resolve))
  }
})

const codes: ReadonlyArray<{ readonly code: string; readonly says: string; readonly passes: boolean }> = [
  { code: 'ENOTFOUND', says: 'its name cannot be resolved', passes: false },
  { code: 'EAI_AGAIN', says: 'no name server answers', passes: true },
  { code: 'ECONNREFUSED', says: 'nothing listens there', passes: false },
  { code: 'ENETUNREACH', says: 'its network is unreachable', passes: false },
  { code: 'UND_ERR_CONNECT_TIMEOUT', says: 'it does not answer', passes: false },
  { code: 'UND_ERR_BODY_TIMEOUT', says: 'stopped sending', passes: true },
  { code: 'EMFILE', says: 'failed (EMFILE)', passes: true },
]

for (const { code, says, passes } of codes) {
  test(`networkReason() says of ${code} that ${says}, which ${passes ? 'may pass' : 'does not pass'}`, () => {
    const cause = new Error('fetch failed', {
      cause: new AggregateError([Object.assign(new Error('x'), { code })]),
    })
    expect(networkReason(new URL('https://a.example/v2/'), cause).problem).toContain(says)
    expect(isWorthAnotherTry(cause)).toBe(passes)
  })
}

for (const { cause, reason } of [
  {
    cause: { code: 'ECONNREFUSED', address: '10.0.0.1', port: 3128 },
    reason: 'the proxy 10.0.0.1:3128 to r.test cannot be reached',
  },
  {
    cause: { code: 'ENOTFOUND', hostname: 'proxy.test' },
    reason: 'the proxy proxy.test to r.test cannot be reached',
  },
  { cause: { code: 'ECONNREFUSED', address: '10.0.0.1', port: 443 }, reason: 'r.test cannot be reached' },
  { cause: { code: 'ENOTFOUND', hostname: 'r.test' }, reason: 'r.test cannot be reached' },
]) {
  test(`networkReason() says that ${reason} for ${JSON.stringify(cause)}`, () => {
    const { problem } = networkReason(new URL('https://r.test/v2/'), Object.assign(new Error('x'), cause))
    expect(problem.startsWith(`${reason}: `)).toBe(true)
  })
}
