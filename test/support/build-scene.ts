import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseAbsolutePath } from '../../src/base/absolute-path.ts'
import { buildImage } from '../../src/engine/local/build/build-image.ts'
import { forecastBuild } from '../../src/engine/local/build/forecast-build.ts'
import { inspectBuild } from '../../src/engine/local/build/inspect-build.ts'
import { openBuildSession } from '../../src/engine/local/build/open-build-session.ts'
import type { Roots } from '../../src/engine/local/state/layout.ts'
import { dockerfileReader } from '../../src/local/dockerfile-reader.ts'
import type { BuildConfig } from '../../src/model/build.ts'
import type { BuildEvent, BuildForecast, ImageBuild } from '../../src/model/build-event.ts'
import { inspectImage } from '../../src/store/inspect-image.ts'
import { openLease } from '../../src/store/lease.ts'
import { aBuildConfig } from './build-config.ts'
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts'

/** Builds the image of the service `web` in folders of its own, by steps that need no keeper. */
export class BuildScene implements Disposable {
  readonly #folder: TemporaryFolder = temporaryFolder()
  /** Which of several machines builds: each has its own data. */
  machine = 'machine'
  /** Of all builds so far. */
  readonly notices: string[] = []
  constructor(files: Readonly<Record<string, string>>) {
    for (const [name, text] of Object.entries(files)) this.write(name, text)
  }

  get context(): string {
    return this.path('context')
  }

  get roots(): Roots {
    return { data: this.path(`${this.machine}/data`), run: this.path(`${this.machine}/run`) }
  }

  /** Returns a path beside the context. */
  path(name: string): string {
    return join(this.#folder.path, name)
  }

  /** Writes a file of the context. */
  write(name: string, text: string): void {
    const path = join(this.context, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }

  /** Returns the build with the context. */
  image(config: Partial<BuildConfig> = {}): ImageBuild {
    const context = { kind: 'folder', path: parseAbsolutePath(this.context) } as const
    return {
      service: 'web',
      image: 'shop-web',
      platform: undefined,
      config: aBuildConfig({ context, ...config }),
    }
  }

  /** Builds, and returns how the steps ended. */
  async build(
    config: Partial<BuildConfig> = {},
    environment: ReadonlyMap<string, string> = new Map(),
  ): Promise<readonly string[]> {
    const events: BuildEvent[] = []
    using lease = openLease(this.roots)
    await using session = await openBuildSession(this.roots, lease)
    const { signal } = new AbortController()
    await buildImage(this.image(config), {
      session,
      programs: { keeper: '/keeper', supervisor: [], filters: '/filters' },
      dockerfiles: dockerfileReader,
      environment,
      signal,
      onEvent: event => events.push(event),
    })
    this.notices.push(...events.flatMap(event => (event.kind === 'notice' ? event.message : [])))
    return events
      .flatMap(event => (event.kind === 'step-finished' ? [`${event.id} ${event.outcome}`] : []))
      .sort()
  }

  /** Returns what the store has under the name of the image. */
  details(): ReturnType<typeof inspectImage> {
    return inspectImage(this.roots, { reference: 'docker.io/library/shop-web:latest' }, new Map())
  }

  forecast(config: Partial<BuildConfig> = {}): Promise<BuildForecast> {
    return forecastBuild(this.image(config), { roots: this.roots, dockerfiles: dockerfileReader })
  }

  inspect(config: Partial<BuildConfig> = {}): ReturnType<typeof inspectBuild> {
    return inspectBuild(this.image(config), { roots: this.roots, dockerfiles: dockerfileReader })
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]()
  }
}
