import { parseArgs } from 'node:util'
import { COPIED_FILES, RUN_STEPS } from './build/build-project.ts'
import { PULL_IMAGES } from './pull/pull-image-shape.ts'
import { WORKS, type Work } from './samples.ts'

/** What the user asked for. */
export interface BenchOptions {
  readonly sizes: readonly number[]
  /** Counts of layers of the images to pull. */
  readonly layers: readonly number[]
  readonly works: readonly Work[]
  readonly runs: number
  /** The checkout whose build is measured too. */
  readonly against: string | undefined
  /** Whether a warm process runs the commands; they are measured without it too. */
  readonly warm: boolean
  readonly json: boolean
  readonly help: boolean
}

/** The help text. */
export const USAGE: string = `usage: npm run bench -- [--rows up,down,...] [--sizes 1,10,50,200] [--layers 2,12] [--runs 5]
                            [--against DIR] [--warm] [--json]

  --rows     of ${WORKS.join(', ')} (default: all)
  --sizes    counts of services (default: 1,10,50,200; docker compose is asked up to 50, podman-compose up to 10)
  --layers   counts of layers of the images to pull: 2 (640 MB) and 12 (320 MB) (default: both)
  --runs     runs per tool and size (default: 5)
  --against  another checkout of tcompose that was built; it takes part as "baseline"
  --warm     let a warm process run the commands of "tcompose"; "cold" is the same build without it
  --json     print samples and results as JSON

docker compose and podman-compose take part where "docker info" and "podman info" work. TCOMPOSE_BENCH_DOCKER and
TCOMPOSE_BENCH_PODMAN may give a command prefix to reach them, e.g. "nsenter -t 4711 -m -n".

For root, run folders are on a tmpfs and data folders on a journaled ext4 in memory, in mounts that only the bench sees: the
time that the machine's own disk takes, e.g. to discard what is removed, is left out. docker compose keeps its disk.

TCOMPOSE_BENCH_FLOOR may name a program that does the kernel's part alone, as a shell command: it finds SERVICES, DATA and
RUN in its environment and writes the microseconds that it took as "up=N" and "down=N".

Builds are of projects that need no network: three stages as those of a Node project, ${RUN_STEPS} steps of RUN true, and a
COPY of ${COPIED_FILES} files. build-memory is the peak of resident memory of all processes of the tool over an edited build
of each; a daemon's build cache is left as it is.

memory is what all processes of a tool have resident six seconds after its last command.

dns-rate and dns-latency are the time in which a container has 100,000 answers about the name of another, 32 of them asked at a
time, and 50,000, one after the other.

port-ipv4 and port-ipv6 are the time of 200,000 requests to a published port at 127.0.0.1 and ::1, by 16 connections.

watch-file and watch-files are the time from the first write of a file, or of a thousand, until all are in the container.

Images are pulled from Debian's docker-registry on 127.0.0.1. Where docker or podman have a 127.0.0.1 of their own,
TCOMPOSE_BENCH_REGISTRY gives a prefix that starts a second registry there, over the same files. Each run pulls an
image that no tool has seen. pull-memory is the peak of resident memory of tcompose's process, all its threads
included (VmHWM). Leave a minute between benches: ext4 is slow to use again what was removed within the last one.`

/** @throws {Error} If an option is unknown or no row has the given name. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string', default: WORKS.join(',') },
      sizes: { type: 'string', default: '1,10,50,200' },
      layers: { type: 'string', default: [...PULL_IMAGES.keys()].join(',') },
      runs: { type: 'string', default: '5' },
      against: { type: 'string' },
      warm: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  return {
    sizes: values.sizes.split(',').map(Number),
    layers: values.layers.split(',').map(parseLayers),
    works: values.rows.split(',').map(parseWork),
    runs: Number(values.runs),
    against: values.against,
    warm: values.warm,
    json: values.json,
    help: values.help,
  }
}

function parseLayers(text: string): number {
  if (PULL_IMAGES.has(Number(text))) return Number(text)
  throw new Error(
    `Cannot pull an image of "${text}" layers: expected one of ${[...PULL_IMAGES.keys()].join(', ')}`,
  )
}

function parseWork(text: string): Work {
  const work = WORKS.find(known => known === text)
  if (work === undefined) throw new Error(`Cannot measure "${text}": expected one of ${WORKS.join(', ')}`)
  return work
}
