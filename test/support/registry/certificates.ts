import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runTool } from '../parts/run-tool.ts'

/** Files of an authority and of a server that it vouches for as localhost and 127.0.0.1. */
export interface Certificates {
  readonly authority: string
  readonly certificate: string
  readonly key: string
}

/** Properties of a server's certificate, valid or not. */
export interface CertificateOptions {
  /** @default DNS:localhost,IP:127.0.0.1 */
  readonly names?: string
  /** From now; negative is expired. @default 30 */
  readonly days?: number
}

/** Makes certificates in `folder` with openssl. @throws {Error} If the machine has none. */
export async function makeCertificates(
  folder: string,
  { names = 'DNS:localhost,IP:127.0.0.1', days: leafDays = 30 }: CertificateOptions = {},
): Promise<Certificates> {
  const at = (name: string) => join(folder, name)
  const days = ['-days', '30']
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  await runTool('openssl', [
    ...['req', '-x509', ...newKey, '-keyout', at('ca.key'), '-out', at('ca.pem'), ...days],
    ...['-subj', '/CN=authority of tests'],
  ])
  await runTool('openssl', [
    ...['req', ...newKey, '-keyout', at('leaf.key'), '-out', at('leaf.csr'), '-subj', '/CN=localhost'],
  ])
  writeFileSync(at('leaf.ext'), `subjectAltName=${names}\n`)
  await runTool('openssl', [
    ...[
      'x509',
      '-req',
      '-in',
      at('leaf.csr'),
      '-CA',
      at('ca.pem'),
      '-CAkey',
      at('ca.key'),
      '-CAcreateserial',
    ],
    ...['-extfile', at('leaf.ext'), '-out', at('leaf.pem'), '-days', String(leafDays)],
  ])
  return { authority: at('ca.pem'), certificate: at('leaf.pem'), key: at('leaf.key') }
}
