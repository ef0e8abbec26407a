import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectRoot } from '../../../scripts/project-root.ts'
import { buildProbe, readView, type StoredView } from './container-view.ts'

// Writes what Docker's containers see to test/fixtures/container-view/docker.json. TCOMPOSE_BENCH_DOCKER is what comes
// before `docker` where it runs in namespaces of its own, as for the benchmarks.
const IMAGE = 'tcompose-container-view:probe'
const prefix = (process.env['TCOMPOSE_BENCH_DOCKER'] ?? '').split(' ').filter(word => word !== '')

const folder = mkdtempSync(join(tmpdir(), 'tcompose-view-'))
try {
  buildProbe(folder)
  const archive = run(['tar', '--owner=0', '--group=0', '--mode=755', '-C', folder, '-c', 'probe'])
  docker(['import', '--change', 'CMD ["/probe"]', '-', IMAGE], archive)
  const facts = readView(docker(['run', '--rm', IMAGE]).toString())
  docker(['rmi', IMAGE])
  const target = join(projectRoot, 'test/fixtures/container-view')
  mkdirSync(target, { recursive: true })
  writeFileSync(join(target, 'docker.json'), `${JSON.stringify(toStored(facts), null, 2)}\n`)
} finally {
  rmSync(folder, { recursive: true })
}

function toStored(view: ReadonlyMap<string, string>): StoredView {
  const entries = [...view].sort(([a], [b]) => (a < b ? -1 : 1))
  const numbers = (verdict: string) =>
    entries.flatMap(([name, value]) =>
      /^call \d+$/.test(name) && value === verdict ? [Number(name.slice(5))] : [],
    )
  return {
    engine: docker(['version', '--format', 'docker {{.Server.Version}}']).toString().trim(),
    kernel: release().split('.').slice(0, 2).join('.'),
    cgroups: existsSync('/sys/fs/cgroup/cgroup.controllers') ? 'v2' : 'v1',
    calls: { EPERM: numbers('EPERM').sort((a, b) => a - b), ENOSYS: numbers('ENOSYS').sort((a, b) => a - b) },
    facts: Object.fromEntries(entries.filter(([name]) => !/^call \d+$/.test(name))),
  }
}

function docker(args: readonly string[], input?: Buffer): Buffer {
  return run([...prefix, 'docker', ...args], input)
}

function run([program = '', ...args]: readonly string[], input?: Buffer): Buffer {
  const { status, stdout, stderr } = spawnSync(program, args, { input, maxBuffer: 64 * 2 ** 20 })
  if (status !== 0) throw new Error(`Cannot run ${program} ${args.join(' ')}: ${stderr}`)
  return stdout
}
