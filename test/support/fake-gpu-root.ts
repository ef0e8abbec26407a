import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The version of the driver in a made-up root. */
export const FAKE_DRIVER = '535.104.05'

/** Writes files below `root` by their paths. */
export function writeFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
}

/** Makes nodes below `root`, each a null device that everybody may open. Needs root. */
export function makeNodes(root: string, ...paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    const { status, stderr } = spawnSync('mknod', ['-m', '666', join(root, path), 'c', '1', '3'], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(stderr)
  }
}

/** Builds a library that calls itself `soname` below `root`. */
export function makeLibrary(root: string, path: string, soname: string): void {
  const file = join(root, path)
  mkdirSync(dirname(file), { recursive: true })
  const source = join(root, 'library.c')
  writeFileSync(source, `const char *${soname.replace(/\W.*/, '')}_says (void) { return "${soname}"; }\n`)
  const { status, stderr } = spawnSync(
    'cc',
    ['-shared', '-fPIC', `-Wl,-soname,${soname}`, source, '-o', file],
    {
      encoding: 'utf8',
    },
  )
  if (status !== 0) throw new Error(stderr)
}

/** The folder of a driver's libraries in a made-up root, as Debian has it. */
export const FAKE_LIBRARIES: string =
  process.arch === 'arm64' ? '/usr/lib/aarch64-linux-gnu' : '/usr/lib/x86_64-linux-gnu'

const information = (index: number): string =>
  [
    'Model: \t\t NVIDIA A100-SXM4-40GB',
    `IRQ:   \t\t ${150 + index}`,
    `GPU UUID: \t GPU-0000000${index}-1111-2222-3333-444444444444`,
    `Bus Location: \t 0000:0${7 + index}:00.0`,
    `Device Minor: \t ${index}`,
    'GPU Excluded:\t No',
    '',
  ].join('\n')

/** Makes what NVIDIA's driver leaves on a machine with `count` cards, at `root`. Needs root. */
export function makeNvidiaRoot(root: string, count = 2): void {
  const indexes = Array.from({ length: count }, (_, index) => index)
  writeFiles(root, {
    'proc/driver/nvidia/version': `NVRM version: NVIDIA UNIX x86_64 Kernel Module  ${FAKE_DRIVER}  Sat Aug 19 01:15:15 UTC 2023\nGCC version:  gcc\n`,
    ...Object.fromEntries(
      indexes.map(index => [
        `proc/driver/nvidia/gpus/0000:0${7 + index}:00.0/information`,
        information(index),
      ]),
    ),
    'usr/bin/nvidia-smi': '#!/bin/sh\necho made-up nvidia-smi\n',
    [`lib/firmware/nvidia/${FAKE_DRIVER}/gsp_ga10x.bin`]: 'firmware',
    'run/nvidia-persistenced/socket': '',
  })
  spawnSync('chmod', ['755', join(root, 'usr/bin/nvidia-smi')])
  makeNodes(
    root,
    ...['nvidiactl', 'nvidia-uvm', 'nvidia-uvm-tools', ...indexes.map(index => `nvidia${index}`)].map(
      name => `dev/${name}`,
    ),
  )
  makeLibrary(root, `${FAKE_LIBRARIES}/libcuda.so.${FAKE_DRIVER}`, 'libcuda.so.1')
  makeLibrary(root, `${FAKE_LIBRARIES}/libnvidia-ml.so.${FAKE_DRIVER}`, 'libnvidia-ml.so.1')
}
