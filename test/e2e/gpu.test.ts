import { spawnSync } from 'node:child_process'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FAKE_DRIVER, FAKE_LIBRARIES, makeLibrary, makeNvidiaRoot } from '../support/fake-gpu-root.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts'
import { TestProject } from '../support/test-project.ts'

/** A program that asks for libcuda by the name that real ones ask for. */
function buildProgram(folder: string, root: string): void {
  const source = join(folder, 'main.c')
  writeFileSync(
    source,
    '#include <stdio.h>\nconst char *libcuda_says (void);\nint main (void) { return puts (libcuda_says ()) < 0; }\n',
  )
  const { status, stderr } = spawnSync(
    'cc',
    [source, join(root, FAKE_LIBRARIES, `libcuda.so.${FAKE_DRIVER}`), '-o', join(folder, 'cuda-program')],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(stderr)
}

const service = (name: string, ...lines: readonly string[]): string =>
  [`  ${name}:`, '    image: rootfs:/', '    command: [sleep, "600"]', '    stop_signal: SIGKILL']
    .concat(lines.map(line => `    ${line}`))
    .join('\n')

let host: TemporaryFolder
let root: string
let project: TestProject
beforeAll(async () => {
  host = temporaryFolder()
  root = join(host.path, 'root')
  makeNvidiaRoot(root)
  buildProgram(host.path, root)
  project = new TestProject({
    env: { TCOMPOSE_CDI_DIRS: join(host.path, 'cdi'), TCOMPOSE_GPU_ROOT: root },
    compose: [
      'name: gpu',
      'services:',
      service('all', 'gpus: all', `volumes: ["${host.path}/cuda-program:/usr/bin/cuda-program:ro"]`),
      service(
        'one',
        'deploy: {resources: {reservations: {devices: [{driver: nvidia, count: 1, capabilities: [gpu]}]}}}',
      ),
      service('plain'),
      '',
    ].join('\n'),
  })
})
afterAll(async () => {
  await project[Symbol.asyncDispose]()
  host[Symbol.dispose]()
})

function inside(name: string, script: string): Promise<string> {
  return project.succeed('exec', '-T', name, 'sh', '-c', script)
}

test('plan says what a request is for, before anything is made', async () => {
  const text = await project.succeed('plan')
  expect(text).toContain('Devices:\n')
  expect(text).toMatch(/ {2}all +gpus\[0\] +nvidia\.com\/gpu=all +\(driver 535\.104\.05\)/)
  expect(text).toMatch(/ {2}one +deploy\.resources\.reservations\.devices\[0\] +nvidia\.com\/gpu=0 /)
  const { devices } = JSON.parse(await project.succeed('plan', '--json'))
  expect(devices).toEqual([
    {
      service: 'all',
      requests: [
        { origin: 'services.all.gpus.0', devices: ['nvidia.com/gpu=all'], source: 'driver 535.104.05' },
      ],
    },
    expect.objectContaining({ service: 'one' }),
  ])
})

test('a service has the nodes, the programs and the libraries of its GPUs, and no other service has', async () => {
  await project.succeed('up', '-d')
  expect(await inside('all', 'cd /dev; ls nvidia*')).toBe(
    'nvidia-uvm\nnvidia-uvm-tools\nnvidia0\nnvidia1\nnvidiactl\n',
  )
  expect(await inside('one', 'cd /dev; ls nvidia[0-9]')).toBe('nvidia0\n')
  expect(await inside('plain', 'ls /dev/nvidia* /usr/bin/nvidia-smi 2>/dev/null || echo none')).toBe('none\n')
  expect(await inside('all', 'nvidia-smi; echo $NVIDIA_VISIBLE_DEVICES')).toBe('made-up nvidia-smi\nvoid\n')
  expect(await inside('all', 'cuda-program')).toBe('libcuda.so.1\n')
  expect(await inside('all', `ls /lib/firmware/nvidia/${FAKE_DRIVER}`)).toBe('gsp_ga10x.bin\n')
})

test('gpu ls and gpu cdi write what containers get', async () => {
  expect(await project.succeed('gpu', 'ls')).toMatch(
    /nvidia\.com\/gpu=1 +NVIDIA A100-SXM4-40GB +535\.104\.05 +0000:08:00\.0 +GPU-00000001\S+ +\/dev\/nvidia1/,
  )
  expect(await project.succeed('gpu', 'cdi')).toContain('kind: nvidia.com/gpu')
  const checks: readonly { readonly name: string; readonly detail: string }[] = JSON.parse(
    (await project.run(['doctor', '--json'])).stdout,
  ).checks
  expect(checks.find(({ name }) => name === 'gpus')?.detail).toBe('NVIDIA driver 535.104.05, 2 GPUs')
})

test('a driver that was replaced is found at the next start', async () => {
  const libraries = join(root, FAKE_LIBRARIES)
  for (const name of ['libcuda', 'libnvidia-ml']) rmSync(join(libraries, `${name}.so.${FAKE_DRIVER}`))
  makeLibrary(root, `${FAKE_LIBRARIES}/libcuda.so.550.54.14`, 'libcuda.so.1')
  const broken = await project.run(['restart', 'all'])
  expect(broken.exitCode).toBe(1)
  expect(broken.stderr).toContain(
    'Cannot use GPUs of NVIDIA: the driver that is loaded is 535.104.05, and the libraries are of 550.54.14',
  )
  expect(broken.stderr).toContain('reboot')
  writeFileSync(
    join(root, 'proc/driver/nvidia/version'),
    'NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  x\n',
  )
  await project.succeed('restart', 'all')
  expect(
    await inside('all', `cuda-program; cd ${FAKE_LIBRARIES}; ls -s libcuda.so.550.54.14 | cut -c1`),
  ).not.toContain('0')
})

test('what is not required is left out with a notice, and what is required is refused with its line', async () => {
  using empty = temporaryFolder()
  const compose = (extra: string) =>
    `name: without\nservices:\n  web:\n    image: rootfs:/\n    command: ["true"]\n    gpus:\n      - {count: 1${extra}}\n`
  await using without = new TestProject({
    env: { TCOMPOSE_CDI_DIRS: empty.path, TCOMPOSE_GPU_ROOT: empty.path },
    compose: compose(', x-required: false'),
  })
  const notice = 'Service "web" runs without a device that it does not require: Cannot find a GPU'
  expect((await without.run(['plan'])).stderr).toContain(notice)
  const up = await without.run(['up', '-d'])
  expect(up.exitCode).toBe(0)
  expect(up.stderr).toContain(notice)
  without.write('compose.yaml', compose(''))
  for (const command of [['plan'], ['up', '-d']]) {
    const { exitCode, stderr } = await without.run(command)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('Cannot find a GPU: this machine has none of NVIDIA, AMD, Intel')
    expect(stderr).toContain('compose.yaml:7:9')
  }
})

test('a node that is missing is named with the command that makes it', async () => {
  renameSync(join(root, 'dev/nvidia-uvm'), join(root, 'uvm'))
  const { exitCode, stderr } = await project.run(['up', '-d', '--force-recreate', 'one'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('Cannot use GPUs of NVIDIA: /dev/nvidia-uvm does not exist')
  expect(stderr).toContain('nvidia-modprobe -u -c 0')
  expect(stderr).toContain('compose.yaml')
})
