import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { imageRootfs } from '../test/support/parts/image-rootfs.ts'
import { runTool } from '../test/support/parts/run-tool.ts'
import { temporaryFolder } from '../test/support/temporary-folder.ts'
import { rowOf } from './budgets.ts'
import { buildSizeOf, measureBuilds } from './build/measure-builds.ts'
import { withClients } from './clients.ts'
import { contestants } from './contestants.ts'
import { floorTool } from './floor-tool.ts'
import { measure, REFERENCE_SIZE } from './measure.ts'
import { CONFIG_SIZE, measureConfig } from './measure-config.ts'
import { DNS_CLIENT, DNS_SIZE, DNS_WORKS, measureDns } from './measure-dns.ts'
import { measureGranted } from './measure-granted.ts'
import { LOG_SIZE, measureLogs } from './measure-logs.ts'
import { measurePorts, PORT_CLIENT, PORTS_SIZE, PORTS_WORKS } from './measure-ports.ts'
import { type BenchOptions, parseOptions, USAGE } from './options.ts'
import { rerunWithOwnMounts } from './own-mounts.ts'
import { findPeers } from './peer-tools.ts'
import { measurePulls } from './pull/measure-pulls.ts'
import { BUILD_WORKS, PULL_WORKS, type Sample, WATCH_WORKS, type Work } from './samples.ts'
import { computeResults, formatResults, formatServiceCosts } from './table.ts'
import { tcomposeTool } from './tcompose-tool.ts'
import type { FoundTool, Tool } from './tool.ts'
import { measureWatch, watchSizeOf } from './watch/measure-watch.ts'

/** Measures tcompose and its peers in one loop and prints the budgets of the design as a table. */
async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2))
  if (options.help) {
    console.log(USAGE)
    return
  }
  if (options.works.some(work => PULL_WORKS.has(work))) await reportPulls(options)
  if (options.works.some(work => BUILD_WORKS.has(work))) await reportBuilds(options)
  if (options.works.some(work => WATCH_WORKS.has(work))) await reportWatch(options)
  if (!options.works.some(isOfServices)) return
  const image = await imageRootfs('busybox')
  if (image.kind === 'missing') throw new Error(`Cannot make the image: ${image.reason}`)
  using scratch = temporaryFolder()
  const rootfs = withClients(image.dir, scratch.path, clientsOf(options.works))
  const found = await findTools(rootfs, options)
  const tools = found.flatMap(entry => (entry.kind === 'found' ? [entry.tool] : []))
  try {
    report(await measureTools(tools, options), { options, found })
  } finally {
    for (const tool of tools) await tool.dispose()
  }
}

/** The programs that `works` need in the image. */
function clientsOf(works: readonly Work[]): readonly string[] {
  return [
    ...(works.some(work => DNS_WORKS.has(work)) ? [DNS_CLIENT] : []),
    ...(works.some(work => PORTS_WORKS.has(work)) ? [PORT_CLIENT] : []),
  ]
}

/** Whether a row is about a project that runs. */
function isOfServices(work: Work): boolean {
  return !PULL_WORKS.has(work) && !BUILD_WORKS.has(work) && !WATCH_WORKS.has(work)
}

async function reportBuilds({ works, runs, json, ...which }: BenchOptions): Promise<void> {
  const { samples, remarks: notes } = await measureBuilds({
    works,
    builds: contestants(which),
    runs,
    onProgress,
  })
  const rows = works.filter(work => BUILD_WORKS.has(work)).map(work => rowOf(work, buildSizeOf(work)))
  const results = computeResults(rows, samples)
  if (json) return console.log(JSON.stringify({ results, samples }, undefined, 2))
  console.log(`\n${formatResults(results, 'size')}\n`)
  for (const line of [...notes, ...failuresIn(samples)]) console.log(line)
}

async function reportWatch({ works, runs, json, ...which }: BenchOptions): Promise<void> {
  const samples = await measureWatch({ works, builds: contestants(which), runs, onProgress })
  const rows = works.filter(work => WATCH_WORKS.has(work)).map(work => rowOf(work, watchSizeOf(work)))
  const results = computeResults(rows, samples)
  if (json) return console.log(JSON.stringify({ results, samples }, undefined, 2))
  console.log(`\n${formatResults(results, 'files')}\n`)
}

async function reportPulls({ works, layers, runs, json, ...which }: BenchOptions): Promise<void> {
  const { samples, absent } = await measurePulls({
    layers,
    builds: contestants(which),
    runs,
    onProgress,
  })
  const rows = works
    .filter(work => PULL_WORKS.has(work))
    .flatMap(work => layers.map(size => rowOf(work, size)))
  const results = computeResults(rows, samples)
  if (json) return console.log(JSON.stringify({ results, samples }, undefined, 2))
  console.log(`\n${formatResults(results, 'layers')}\n`)
  for (const line of absent) console.log(`not measured: ${line}`)
  for (const line of failuresIn(samples)) console.log(line)
}

function onProgress(text: string): void {
  process.stderr.write(`${text}\n`)
}

async function findTools(rootfs: string, options: BenchOptions): Promise<readonly FoundTool[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'tcompose-bench-image-'))
  try {
    const tarFile = join(scratch, 'image.tar')
    await runTool('tar', ['-C', rootfs, '-cf', tarFile, '.'])
    const own = await Promise.all(contestants(options).map(build => tcomposeTool(build, rootfs)))
    return [...own, ...floorTool(), ...(await findPeers(tarFile))]
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function measureTools(
  all: readonly Tool[],
  { sizes, works, runs }: BenchOptions,
): Promise<readonly Sample[]> {
  // Some can do a part only of what `measure` asks.
  const tools = all.filter(tool => tool.works === undefined)
  const reads = works.includes('config') ? await measureConfig(tools, { runs, onProgress }) : []
  const granted = works.includes('up-granted') ? await measureGranted(tools, { runs, onProgress }) : []
  const written = works.includes('log-throughput') ? await measureLogs(tools, { runs, onProgress }) : []
  const asked = works.some(work => DNS_WORKS.has(work))
    ? await measureDns(tools, { works, runs, onProgress })
    : []
  const reached = works.some(work => PORTS_WORKS.has(work))
    ? await measurePorts(tools, { works, runs, onProgress })
    : []
  const own = [...reads, ...granted, ...written, ...asked, ...reached]
  if (works.every(work => OWN_LIVES.has(work) || !isOfServices(work))) return own
  return [...own, ...(await measure(all, { sizes, works, runs, onProgress }))]
}

/** Works that are measured by themselves. */
const OWN_LIVES: ReadonlySet<Work> = new Set([
  'config',
  'up-granted',
  'log-throughput',
  ...DNS_WORKS,
  ...PORTS_WORKS,
])

interface Report {
  readonly options: BenchOptions
  readonly found: readonly FoundTool[]
}

function report(samples: readonly Sample[], { options, found }: Report): void {
  const works = options.works.filter(isOfServices)
  const rows = works.flatMap(work =>
    sizesOf(work, options.sizes).map(size => rowOf(work, size, options.warm)),
  )
  const results = computeResults(rows, samples)
  if (options.json) {
    console.log(JSON.stringify({ results, samples }, undefined, 2))
    return
  }
  console.log(`\n${formatResults(results, 'services')}\n`)
  console.log(formatServiceCosts(options.sizes, results))
  for (const line of remarks(samples, found)) console.log(line)
}

function sizesOf(work: Work, sizes: readonly number[]): readonly number[] {
  if (work === 'config') return [CONFIG_SIZE]
  if (work === 'up-granted') return [REFERENCE_SIZE]
  if (work === 'log-throughput') return [LOG_SIZE]
  if (DNS_WORKS.has(work)) return [DNS_SIZE]
  if (PORTS_WORKS.has(work)) return [PORTS_SIZE]
  if (work === 'up' || work === 'up-again' || work === 'down') return sizes
  return sizes.filter(size => size === REFERENCE_SIZE)
}

function remarks(samples: readonly Sample[], found: readonly FoundTool[]): readonly string[] {
  const notes = found.flatMap(entry => {
    if (entry.kind === 'absent') return [`not measured: ${entry.name}: ${entry.reason}`]
    return entry.remark === undefined ? [] : [`${entry.tool.name}: ${entry.remark}`]
  })
  return [...notes, ...failuresIn(samples)]
}

function failuresIn(samples: readonly Sample[]): readonly string[] {
  const failures = samples.flatMap(sample =>
    sample.kind === 'failed'
      ? [`failed: ${sample.tool} ${sample.work} ${sample.size}: ${sample.reason}`]
      : [],
  )
  return [...new Set(failures)]
}

const status = rerunWithOwnMounts()
if (status === undefined) await main()
else process.exitCode = status
