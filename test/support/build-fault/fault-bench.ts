import assert from 'node:assert/strict'
import { globSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { instanceTag, type Roots } from '../../../src/engine/local/state/layout.ts'
import { type BaseImage, makeBaseImages, packImage } from '../build-case/base-images.ts'
import { describeImage, type ImageDescription } from '../build-case/describe-image.ts'
import { eventually } from '../eventually.ts'
import { newSince } from '../host-state.ts'
import { type CommandResult, TestProject } from '../test-project.ts'
import { waitForClosingKeepers } from '../wait-for-keeper.ts'

/** Paths below the two root folders that exist only while a build runs, or was killed. */
const LEFTOVERS: readonly string[] = [
  'run/builds/*',
  'run/projects/*',
  'data/layers/tmp-*',
  'data/build/**/tmp-*',
  'data/images/tmp-*',
]

/** What killed commands needed of the store, which the next collection of garbage removes. */
const LEASES = 'data/images/leases/*'

/** What a bench holds besides the base image. */
export interface FaultProject {
  /** @default a service `a` that is built from `ctx` as `fault:1` */
  readonly compose?: string
  /** Texts by path; those of the context begin with `ctx/`. */
  readonly files: Readonly<Record<string, string>>
  /** Makes what the data folder is on, before the engine uses it. @default nothing */
  readonly onState?: (roots: Roots) => Disposable
}

const COMPOSE = 'name: fault\nservices: { a: { image: "fault:1", build: ctx } }\n'

/** A project with an engine of its own, whose builds suffer faults. Disposal fails if anything is left on the host. */
export class FaultBench implements AsyncDisposable {
  readonly project: TestProject
  readonly roots: Roots
  readonly #base: BaseImage
  readonly #made: Disposable | undefined

  /** Its store has the image `base:1`. @throws {Error} If the machine cannot make that image. */
  static async open(options: FaultProject): Promise<FaultBench> {
    const bases = await makeBaseImages()
    if (bases.kind === 'missing') throw new Error(bases.reason)
    const [base] = bases.images
    if (base === undefined) throw new Error('There is no base image')
    const bench = new FaultBench(options, base)
    await bench.loadBase()
    return bench
  }

  private constructor({ compose = COMPOSE, files, onState }: FaultProject, base: BaseImage) {
    this.#base = base
    this.project = new TestProject({ compose, files })
    this.roots = { data: join(this.project.state, 'data'), run: join(this.project.state, 'run') }
    this.#made = onState?.(this.roots)
  }

  /** Brings the base image into the store. */
  async loadBase(): Promise<void> {
    const archive = join(this.project.state, 'base.tar')
    writeFileSync(archive, await packImage(this.#base))
    await this.project.succeed('image', 'load', '-i', archive)
    rmSync(archive)
  }

  /** Builds with plain progress. */
  build(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
    return this.project.run(['--progress', 'plain', 'build', ...args], { env })
  }

  /** Builds, and returns what was written. @throws {Error} If the build fails. */
  async mustBuild(...args: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.build(args)
    if (exitCode !== 0)
      throw new Error(`build ${args.join(' ')} exited with ${exitCode}:\n${stdout}${stderr}`)
    return `${stdout}${stderr}`
  }

  /** Returns what an image is like, from what `image save` writes. @throws {Error} If a layer is not its diffID. */
  async describe(name = 'fault:1'): Promise<ImageDescription> {
    const archive = join(this.project.state, 'image.tar')
    await this.project.succeed('image', 'save', '--format', 'docker', '-o', archive, name)
    const description = describeImage(archive, [this.#base])
    rmSync(archive)
    return description
  }

  /** Fails if anything of a build is left, on the disk or in the kernel. */
  expectNothingLeft(): void {
    waitForClosingKeepers(join(this.project.state, 'run'))
    assert.deepEqual(
      LEFTOVERS.flatMap(pattern => this.#find(pattern)),
      [],
    )
    assert.deepEqual(newSince(new Map(), { naming: this.#names() }).filter(isOfBuild), [])
  }

  /** Fails if `doctor` or the collection of garbage leaves something that a killed command left. */
  async expectAllCollected(): Promise<void> {
    assert.match(await this.project.succeed('doctor'), /No orphans/)
    await this.project.succeed('image', 'prune', '-f')
    this.expectNothingLeft()
    assert.deepEqual(this.#find(LEASES), [])
  }

  /** Waits until nothing runs any more of a build whose process was killed. */
  async expectNothingRuns(): Promise<void> {
    await eventually(async () => {
      const running = newSince(new Map(), { naming: this.#names() }).filter(thing =>
        thing.startsWith('process'),
      )
      assert.deepEqual(running, [])
    })
  }

  #names(): readonly string[] {
    return [this.roots.data, this.roots.run, instanceTag(this.roots)]
  }

  #find(pattern: string): readonly string[] {
    return globSync(pattern, { cwd: this.project.state })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.project.run(['down', '-t', '0'])
    } finally {
      this.#made?.[Symbol.dispose]()
      await this.project[Symbol.asyncDispose]()
    }
  }
}

/** Descriptors and small disks are the test's own. */
function isOfBuild(thing: string): boolean {
  return !thing.startsWith('descriptor') && !thing.endsWith('(tmpfs siege)')
}
