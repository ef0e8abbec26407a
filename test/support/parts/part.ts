import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from './cache-folder.ts'
import { downloadPackages } from './debian-pool.ts'
import { makeOnce } from './make-once.ts'
import { PARTS, type PartName } from './part-definitions.ts'
import { runTool } from './run-tool.ts'

/** A folder that a test needs, or why the machine cannot have it. */
export type Part =
  | { readonly kind: 'ready'; readonly dir: string }
  | { readonly kind: 'missing'; readonly reason: string }

/**
 * Returns the folder with the unpacked packages of `name`, downloaded at the first call and kept in `.cache`.
 * Never rejects: a test skips with the reason.
 */
export async function part(name: PartName): Promise<Part> {
  try {
    return { kind: 'ready', dir: await unpackedPart(name) }
  } catch (error) {
    return { kind: 'missing', reason: error instanceof Error ? error.message : String(error) }
  }
}

function unpackedPart(name: PartName): Promise<string> {
  const { packages, leaveOut } = PARTS[name]
  const stamp = createHash('sha256').update(`${packages} ${leaveOut}`).digest('hex').slice(0, 8)
  return makeOnce(join(cacheFolder('parts'), `${name}-${stamp}`), async folder => {
    const files = await downloadPackages({ names: packages, leaveOut })
    for (const file of files) await runTool('dpkg', ['-x', file, folder])
    if (name === 'node') addOwnNode(folder)
  })
}

function addOwnNode(folder: string): void {
  mkdirSync(join(folder, 'usr/bin'), { recursive: true })
  copyFileSync(process.execPath, join(folder, 'usr/bin/node'))
}
