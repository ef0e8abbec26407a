import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAbsolutePath } from '../../base/absolute-path.ts'
import { digestHex } from '../../base/digest.ts'
import { parseJsonObject, textsAt } from '../../base/json-reader.ts'
import { temporaryName } from '../../disk/temporary-name.ts'
import type { ArtifactFile } from '../../oci/compose-artifact.ts'
import type { RemoteFiles } from '../../parser/load-request.ts'
import { type FetchedArtifact, fetchArtifact } from '../../registry/fetch-artifact.ts'
import type { RemotePlace } from './remote-place.ts'

/** Where to keep a project, and how to ask for it. */
export interface ProjectPlace extends RemotePlace {
  readonly insecure: readonly string[]
}

/** The order of the Compose files, beside them. */
const ORDER_FILE = '.compose-files.json'

/**
 * Gets the project that a registry has as `address`, `oci://NAME`, into a folder of its digest. One that is there already is
 * used as it is: the registry is only asked what the name means.
 *
 * @throws {TcomposeError} As `fetchArtifact`.
 */
export async function fetchProject(
  address: string,
  { folder, environment, insecure, signal }: ProjectPlace,
): Promise<Extract<RemoteFiles, { kind: 'fetched' }>> {
  await using artifact = await fetchArtifact({
    reference: address.slice('oci://'.length),
    insecure,
    environment: Object.fromEntries(environment),
    signal: signal(),
  })
  const place = join(folder, 'oci', digestHex(artifact.digest))
  if (!existsSync(place)) await store(artifact, place)
  const order = textsAt(parseJsonObject(readFileSync(join(place, ORDER_FILE)), 'order of files'), 'files')
  const files = order.map(name => ({
    path: parseAbsolutePath(join(place, name)),
    name: `${address}/${name}`,
  }))
  return { kind: 'fetched', files, project: artifact.name }
}

/** The folder is there whole, or not at all. */
async function store(artifact: FetchedArtifact, place: string): Promise<void> {
  const parent = join(place, '..')
  mkdirSync(parent, { recursive: true, mode: 0o700 })
  const temporary = join(parent, temporaryName())
  mkdirSync(temporary, { mode: 0o700 })
  try {
    const named = namesOf(artifact.files)
    for (const [name, file] of named) writeFileSync(join(temporary, name), await artifact.read(file))
    const files = named.filter(([, { kind }]) => kind === 'compose').map(([name]) => name)
    writeFileSync(join(temporary, ORDER_FILE), JSON.stringify({ files }))
    if (!existsSync(place)) renameSync(temporary, place)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

/** Compose files from several folders may have one name; all others are called by theirs, and the last of a name counts. */
function namesOf(files: readonly ArtifactFile[]): readonly (readonly [string, ArtifactFile])[] {
  const named = new Map<string, ArtifactFile>()
  for (const file of files.filter(({ kind }) => kind !== 'compose')) named.set(file.name, file)
  for (const file of files.filter(({ kind }) => kind === 'compose'))
    named.set(freeName(file.name, named), file)
  return [...named]
}

function freeName(name: string, taken: ReadonlyMap<string, unknown>): string {
  if (!taken.has(name) && name !== ORDER_FILE) return name
  for (let count = 2; ; count++) {
    const other = `${count}-${name}`
    if (!taken.has(other)) return other
  }
}
