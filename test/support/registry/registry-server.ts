import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from '../parts/find-program.ts'

/** The setup of a registry, in the terms of its configuration file. */
export interface RegistryOptions {
  /** Where it keeps its images; registries of one folder share them. */
  readonly storage: string
  /** The file to write. */
  readonly config: string
  readonly tls?: { readonly certificate: string; readonly key: string }
  readonly auth?: object
  /** A prefix of its command, e.g. to start it in a network namespace. @default none */
  readonly prefix?: readonly string[]
}

/** A registry that runs on 127.0.0.1 until it is disposed. */
export interface RegistryServer extends AsyncDisposable {
  /** `127.0.0.1:<port>`. */
  readonly host: string
}

/** A registry, or why the machine cannot have one. */
export type StartedRegistry =
  | ({ readonly kind: 'ready' } & RegistryServer)
  | ({ readonly kind: 'missing'; readonly reason: string } & AsyncDisposable)

/** Starts Debian's docker-registry on a port of its choice. */
export async function startRegistry(options: RegistryOptions): Promise<StartedRegistry> {
  const program = await findProgram('docker-registry')
  if (program.kind === 'missing') return { ...program, [Symbol.asyncDispose]: async () => {} }
  // The configuration is YAML, of which JSON is a part.
  writeFileSync(options.config, JSON.stringify(configuration(options)))
  const [command = '', ...args] = [...(options.prefix ?? []), ...program.command]
  const child = spawn(command, [...args, 'serve', options.config], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], OTEL_TRACES_EXPORTER: 'none' },
  })
  const stop = () => ended(child)
  try {
    return { kind: 'ready', host: `127.0.0.1:${await portOf(child)}`, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function configuration({ storage, tls, auth }: RegistryOptions): object {
  return {
    version: '0.1',
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
    http: {
      addr: '127.0.0.1:0',
      secret: 'of tests',
      ...(tls === undefined ? {} : { tls }),
    },
    ...(auth === undefined ? {} : { auth }),
  }
}

function portOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log += text
      const port = /listening on 127\.0\.0\.1:(\d+)/.exec(log)?.[1]
      if (port !== undefined) resolve(port)
    })
    child.once('exit', code => reject(new Error(`docker-registry exited with ${code}: ${log}`)))
  })
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise(resolve => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}

/** Returns the path of a file in `folder`, for the options of a registry. */
export function configIn(folder: string, name: string): string {
  return join(folder, `${name}.json`)
}
