import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sleeper } from '../support/sleeper.ts'
import { TestProject } from '../support/test-project.ts'

const COMPOSE = `name: secopt
services:
${sleeper('own', '    security_opt: [seccomp=./profile.json]\n    user: "1234"\n    healthcheck: {test: [CMD, "true"], interval: 1h}\n')}
${sleeper('strict', '    security_opt: ["seccomp:./profile.json", "no-new-privileges:true", label=disable, apparmor=unconfined]\n    privileged: true\n')}
${sleeper('open', '    security_opt: [seccomp=unconfined, systempaths=unconfined, "writable-cgroups:true"]\n')}
${sleeper('plain', '')}
`
/** close_range(2) is what a profile of some years ago knows nothing of. */
const profile = (errno: number): string =>
  JSON.stringify({
    defaultAction: 'SCMP_ACT_ALLOW',
    archMap: [
      { architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86', 'SCMP_ARCH_X32'] },
      { architecture: 'SCMP_ARCH_AARCH64', subArchitectures: ['SCMP_ARCH_ARM'] },
    ],
    syscalls: [
      {
        names: ['mkdir', 'mkdirat'],
        action: 'SCMP_ACT_ERRNO',
        errnoRet: errno,
        excludes: { caps: ['CAP_BPF'] },
      },
      { names: ['close_range'], action: 'SCMP_ACT_ERRNO' },
      { name: 'kill', action: 'SCMP_ACT_ERRNO', args: [{ index: 1, value: 31, op: 'SCMP_CMP_EQ' }] },
    ],
  })

let project: TestProject
beforeAll(async () => {
  project = new TestProject({ compose: COMPOSE, files: { 'profile.json': profile(122) } })
  await project.succeed('up', '-d')
})
afterAll(() => project[Symbol.asyncDispose]())

function inside(name: string, script: string): Promise<string> {
  return project.succeed('exec', '-T', name, 'sh', '-c', `(${script}) 2>&1 || true`)
}

test('seccomp=FILE filters the process, an exec and a health check alike', async () => {
  expect(await inside('own', 'mkdir /tmp/x')).toContain('Disk quota exceeded')
  expect(await inside('own', 'grep Seccomp: /proc/1/status /proc/self/status')).toMatch(/\b2\n.*\b2\n$/)
  expect(await inside('own', 'kill -31 $$')).toContain('ot permitted')
  expect(await inside('own', 'sleep 9 & kill -0 $! && kill $! && echo sent')).toBe('sent\n')
})

test('seccomp=FILE holds in a privileged container too, where the conditions are those of its capabilities', async () => {
  expect(await inside('strict', 'mkdir /x && echo made')).toBe('made\n')
  expect(await inside('strict', 'grep -E "^(Seccomp|NoNewPrivs):" /proc/1/status | tr -s "\\t" " "')).toBe(
    'NoNewPrivs: 1\nSeccomp: 2\n',
  )
})

test('seccomp=unconfined, systempaths=unconfined and writable-cgroups=true take away what they name', async () => {
  expect(await inside('open', 'grep Seccomp: /proc/1/status | tr -s "\\t" " "')).toBe('Seccomp: 0\n')
  const paths = 'grep -cE " /proc/(sys|kcore|keys|bus) " /proc/self/mounts'
  expect(await inside('open', paths)).toBe('0\n')
  expect(await inside('plain', paths)).not.toBe('0\n')
  const make =
    'd=$(ls -d /sys/fs/cgroup/pids 2>/dev/null || echo /sys/fs/cgroup)/own; mkdir $d && rmdir $d && echo made'
  expect(await inside('open', make)).toBe('made\n')
  expect(await inside('plain', make)).toContain('Read-only file system')
})

test('a container is recreated when its profile says something else, and a broken one changes nothing', async () => {
  expect((await project.run(['plan', '--detailed-exitcode'])).exitCode).toBe(0)
  writeFileSync(join(project.folder, 'profile.json'), profile(28))
  expect(await project.succeed('plan')).toContain(
    'own-1     create container  (configuration changed: security)',
  )
  await project.succeed('up', '-d')
  expect(await inside('own', 'mkdir /tmp/x')).toContain('No space left on device')
  writeFileSync(join(project.folder, 'profile.json'), '{"defaultAction": "SCMP_ACT_DENY"}')
  const { exitCode, stderr } = await project.run(['up', '-d'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain(
    'Cannot use seccomp profile "./profile.json": it has defaultAction "SCMP_ACT_DENY"',
  )
  expect(stderr).toContain('Nothing was changed')
  writeFileSync(join(project.folder, 'profile.json'), profile(28))
})
