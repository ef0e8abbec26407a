import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { detectCgroups } from '../../../src/linux/cgroup/detect-cgroups.ts'
import { buildProbe, dockerViewFile, readView, toStoredView } from './container-view.ts'

// Writes what Docker's containers see to the file for this host's version of control groups. TCOMPOSE_BENCH_DOCKER is what
// comes before `docker` where it runs in namespaces of its own, as for the benchmarks.
const IMAGE = 'tcompose-container-view:probe'
const prefix = (process.env['TCOMPOSE_BENCH_DOCKER'] ?? '').split(' ').filter(word => word !== '')

const folder = mkdtempSync(join(tmpdir(), 'tcompose-view-'))
try {
  buildProbe(folder)
  const archive = run(['tar', '--owner=0', '--group=0', '--mode=755', '-C', folder, '-c', 'probe'])
  docker(['import', '--change', 'CMD ["/probe"]', '-', IMAGE], archive)
  const seen = readView(docker(['run', '--rm', IMAGE]).toString())
  docker(['rmi', IMAGE])
  const cgroups = detectCgroups(path => readFileSync(path, 'utf8')).kind
  const view = toStoredView(seen, {
    engine: docker(['version', '--format', 'docker {{.Server.Version}}']).toString().trim(),
    kernel: release().split('.').slice(0, 2).join('.'),
    cgroups,
  })
  writeFileSync(dockerViewFile(cgroups), `${JSON.stringify(view, null, 2)}\n`)
} finally {
  rmSync(folder, { recursive: true })
}

function docker(args: readonly string[], input?: Buffer): Buffer {
  return run([...prefix, 'docker', ...args], input)
}

function run([program = '', ...args]: readonly string[], input?: Buffer): Buffer {
  const { status, stdout, stderr } = spawnSync(program, args, { input, maxBuffer: 64 * 2 ** 20 })
  if (status !== 0) throw new Error(`Cannot run ${program} ${args.join(' ')}: ${stderr}`)
  return stdout
}
