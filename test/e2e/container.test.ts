import { existsSync, statSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { TestProject } from '../support/test-project.ts'

const COMPOSE = `
name: box
services:
  main:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    hostname: boxhost
    working_dir: /made/by/tcompose
    user: "1234:2345"
    environment: { COLOR: green, EMPTY: "" }
    mem_limit: 64m
    pids_limit: 50
    cpus: 0.5
    tmpfs: ["/scratch:size=1m,mode=1777"]
    volumes: ["./shared:/shared:ro"]
    extra_hosts: ["other=10.9.8.7"]
    ulimits: { nofile: { soft: 1000, hard: 2000 } }
  root:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    cap_drop: [ALL]
    cap_add: [NET_BIND_SERVICE]
    read_only: true
    security_opt: ["no-new-privileges:true"]
  plain:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    init: true
    network_mode: none
  known:
    image: rootfs:/
    command: [sh, -c, "echo home $$HOME; exec sleep 600"]
    stop_signal: SIGKILL
    user: "5563"
    volumes: ["./passwd:/etc/passwd:ro"]
`
const PASSWD = 'root:x:0:0::/root:/bin/sh\nme:x:5563:2222::/home/me:/bin/sh\n'

let project: TestProject
beforeAll(async () => {
  project = new TestProject({ compose: COMPOSE, files: { 'shared/note': 'from the host\n', passwd: PASSWD } })
  await project.succeed('up', '-d')
})
afterAll(() => project[Symbol.asyncDispose]())

function inside(service: string, script: string): Promise<string> {
  return project.succeed('exec', '-T', service, 'sh', '-c', script)
}

test('a container has its hostname, user, working folder and environment', async () => {
  expect(await inside('main', 'hostname; id -u; id -g; pwd; echo $COLOR-$EMPTY-')).toBe(
    'boxhost\n1234\n2345\n/made/by/tcompose\ngreen--\n',
  )
})

test('a container sees its own processes only, with its command as PID 1', async () => {
  expect(await inside('main', 'tr "\\0" " " < /proc/1/cmdline; ls -d /proc/[0-9]* | wc -l')).toMatch(
    /^sleep 600 \d\n$/,
  )
})

test('a container sees its limits', async () => {
  const limits = await inside(
    'main',
    'cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/pids/pids.max 2>/dev/null || cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max',
  )
  expect(limits).toBe('67108864\n50\n')
  expect(await inside('main', 'ulimit -Sn; ulimit -Hn')).toBe('1000\n2000\n')
})

test('a container has its mounts: tmpfs with its size, a read-only bind', async () => {
  expect(await inside('main', 'cat /shared/note')).toBe('from the host\n')
  expect(await inside('main', 'touch /shared/x 2>&1 || true')).toContain('Read-only file system')
  expect(await inside('main', 'df -k /scratch | tail -1')).toMatch(/\s1024\s/)
})

test('a container has hosts and resolver files of its own', async () => {
  expect(await inside('main', 'cat /etc/hosts')).toMatch(/10\.9\.8\.7\s+other/)
  expect(await inside('main', 'cat /etc/resolv.conf')).toContain('nameserver 127.0.0.11')
})

test('a container has the default capabilities, or those the file leaves it', async () => {
  const capabilities = (service: string): Promise<string> =>
    inside(service, 'grep -E "CapBnd|CapEff|NoNewPrivs|Seccomp:" /proc/self/status | tr -s "\\t" " "')
  expect(await capabilities('plain')).toBe(
    'CapEff: 00000000a80425fb\nCapBnd: 00000000a80425fb\nNoNewPrivs: 0\nSeccomp: 2\n',
  )
  expect(await capabilities('root')).toBe(
    'CapEff: 0000000000000400\nCapBnd: 0000000000000400\nNoNewPrivs: 1\nSeccomp: 2\n',
  )
  expect(await capabilities('main')).toContain('CapEff: 0000000000000000\n')
})

test('a read-only container cannot be written to, and a writable one does not write to the host', async () => {
  expect(await inside('root', 'touch /x 2>&1 || true')).toContain('Read-only file system')
  await inside('plain', 'echo inside > /tc-e2e-marker')
  expect((await project.run(['exec', '-T', 'root', 'test', '-e', '/tc-e2e-marker'])).exitCode).toBe(1)
})

test('kernel paths that leak or change the host are masked or read-only', async () => {
  expect(await inside('plain', 'cat /proc/kcore | wc -c')).toBe('0\n')
  expect(await inside('plain', 'echo 1 > /proc/sys/kernel/panic || echo refused')).toContain('refused')
  expect(await inside('plain', 'ls /sys/firmware | wc -l')).toBe('0\n')
})

/** Paths that Docker masks and write-protects; each kernel has some of them. */
const MASKED = [
  ...['/proc/acpi', '/proc/asound', '/proc/interrupts', '/proc/kcore', '/proc/keys', '/proc/latency_stats'],
  ...['/proc/sched_debug', '/proc/scsi', '/proc/timer_list', '/proc/timer_stats'],
  ...['/sys/devices/virtual/powercap', '/sys/firmware'],
].filter(path => existsSync(path))
const READ_ONLY = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'].filter(path =>
  existsSync(path),
)

test('paths that Docker masks are the null device or an empty folder', async () => {
  const look = 'if [ -d $path ]; then ls -A $path | wc -l; else stat -c %t:%T $path; fi'
  const seen = await inside('plain', `for path in ${MASKED.join(' ')}; do ${look}; done`)
  expect(seen.trim().split('\n')).toEqual(MASKED.map(path => (statSync(path).isDirectory() ? '0' : '1:3')))
  expect(MASKED).toContain('/proc/interrupts')
})

test('paths that Docker write-protects are mounted read-only', async () => {
  const script = `for path in ${READ_ONLY.join(' ')}; do grep -c " $path ro," /proc/self/mountinfo; done`
  expect(await inside('plain', script)).toBe('1\n'.repeat(READ_ONLY.length))
  expect(READ_ONLY).toContain('/proc/sys')
})

test('an init is PID 1 if the file asks for one, and reveals nothing of the host', async () => {
  expect(await inside('plain', 'tr "\\0" " " < /proc/1/cmdline')).toMatch(/^tc-init\s*$/)
  expect(await inside('plain', 'cat /proc/1/comm')).toBe('tc-init\n')
  expect(await inside('plain', 'wc -c < /proc/1/environ; readlink /proc/1/exe')).toBe(
    '0\n/memfd:tc-init (deleted)\n',
  )
})

test('exec writes to the log of a container through its PID 1, also if that is an init', async () => {
  await inside('plain', 'echo through stdout > /proc/1/fd/1; echo through stderr > /proc/1/fd/2')
  await eventually(async () => {
    const { stdout, stderr } = await project.run(['logs', '--no-log-prefix', 'plain'])
    expect([stdout, stderr]).toEqual(['through stdout\n', 'through stderr\n'])
  })
})

test('no host descriptor is open in a container', async () => {
  expect(await inside('plain', 'ls /proc/1/fd /proc/self/fd | sort -un | tail -1')).toMatch(/^[0-3]\n$/)
})

test('network_mode none leaves only the loopback interface', async () => {
  expect(await inside('plain', 'tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d " "')).toBe('lo\n')
})

test('exec passes the exit code and standard input, and keeps the output streams apart', async () => {
  expect((await project.run(['exec', '-T', 'plain', 'sh', '-c', 'exit 42'])).exitCode).toBe(42)
  expect((await project.run(['exec', '-T', 'plain', 'sh', '-c', 'kill -9 $$'])).exitCode).toBe(137)
  expect((await project.run(['exec', '-T', 'plain', 'cat'], { input: 'through\n' })).stdout).toBe('through\n')
  const both = await project.run(['exec', '-T', 'plain', 'sh', '-c', 'echo out; echo err >&2'])
  expect([both.stdout, both.stderr]).toEqual(['out\n', 'err\n'])
})

test('exec of a missing program reports that and exits with 127', async () => {
  const result = await project.run(['exec', '-T', 'plain', 'no-such-program'])
  expect(result.exitCode).toBe(127)
  expect(result.stderr).toContain('no-such-program')
})

test('HOME comes from the /etc/passwd that the process sees, and user names from the image', async () => {
  await eventually(async () => expect(await project.succeed('logs', 'known')).toContain('home /home/me'))
  const home = ['known', 'sh', '-c', 'echo $HOME']
  expect(await project.succeed('exec', '-T', '-u', '5563', ...home)).toBe('/home/me\n')
  expect(await project.succeed('exec', '-T', '-u', '5564', ...home)).toBe('/\n')
  const named = await project.run(['exec', '-T', '-u', 'me', ...home])
  expect(named).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('TC4006') })
})

test('exec in a service that is not in the file, or does not run, exits with 1 or 2 and lists what exists', async () => {
  const result = await project.run(['exec', '-T', 'plan', 'true'])
  expect(result.stderr).toContain('did you mean "plain"')
  expect(result.exitCode).not.toBe(0)
})
