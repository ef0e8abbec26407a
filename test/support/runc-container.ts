import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mount, unmount } from '../../src/linux/mount.ts'
import type { RuntimeSpec } from '../../src/oci/runtime-spec.ts'
import type { ContainerLaunch } from '../../src/runtime/launch/container-launch.ts'
import { overlayOptions } from '../../src/runtime/launch/overlay-options.ts'
import { type CommandResult, resultOf } from './test-project.ts'

/** What runc is run on. */
export interface RuncRequest {
  /** The words that start runc. */
  readonly command: readonly [program: string, ...args: string[]]
  readonly launch: ContainerLaunch
  /** An empty folder for the bundle and what runc remembers. */
  readonly folder: string
  /** Name of the container; nothing on the host has it. */
  readonly name: string
}

/** A container that runc runs from a bundle. Disposing kills it and takes the bundle's mount away. */
export class RuncContainer implements AsyncDisposable {
  readonly #request: RuncRequest
  readonly #bundle: string
  readonly #ended: Promise<CommandResult>

  constructor(request: RuncRequest) {
    this.#request = request
    this.#bundle = join(request.folder, 'bundle')
    writeBundle(request.launch, this.#bundle)
    this.#ended = resultOf(this.#runc('run', '--bundle', this.#bundle, request.name))
  }

  /** Runs a command in the container and returns its output. */
  async exec(...argv: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await resultOf(this.#runc('exec', this.#request.name, ...argv))
    if (exitCode !== 0)
      throw new Error(`${argv.join(' ')} ended with ${exitCode} in the container: ${stdout}${stderr}`)
    return stdout
  }

  /** Signals the main process and returns how the container ended. */
  async stop(signal: string): Promise<CommandResult> {
    await resultOf(this.#runc('kill', this.#request.name, signal))
    return this.#ended
  }

  #runc(...args: readonly string[]): ChildProcess {
    const [program, ...first] = this.#request.command
    const root = join(this.#request.folder, 'state')
    return spawn(program, [...first, '--root', root, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await resultOf(this.#runc('delete', '--force', this.#request.name))
    await this.#ended
    unmount(join(this.#bundle, 'rootfs'))
  }
}

/** Writes the OCI bundle of a container: its spec, and its root over the layers of its image. */
function writeBundle({ spec, extras }: ContainerLaunch, bundle: string): void {
  const rootfs = join(bundle, 'rootfs')
  const { upper, work } = extras.root.writable
  for (const folder of [rootfs, upper, work]) mkdirSync(folder, { recursive: true })
  const options = overlayOptions(extras.root)
  if (options.kind !== 'page') throw new Error('too many layers for one mount')
  mount({ source: 'overlay', target: rootfs, type: 'overlay', flags: 0, data: options.data })
  writeFileSync(join(bundle, 'config.json'), jsonOf({ ...spec, root: { ...spec.root, path: rootfs } }))
}

/** Limits are 64-bit numbers, which JSON can say and a number of JavaScript cannot hold. */
function jsonOf(spec: RuntimeSpec): string {
  const marked = JSON.stringify(
    spec,
    (_, value: unknown) => (typeof value === 'bigint' ? `bigint:${value}` : value),
    2,
  )
  return marked.replaceAll(/"bigint:(\d+)"/g, '$1')
}
