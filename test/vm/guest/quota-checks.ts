import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { GuestProject, ifBuilt } from './guest-project.ts'
import type { Check } from './main.ts'

const compose = (size: string) => `
name: quota
services:
  ${['small', 'other', 'free']
    .map(
      name => `${name}:
    image: rootfs:/
    command: [sleep, "1001"]
    network_mode: none
    stop_signal: SIGKILL
    tmpfs: /memory
${name === 'free' ? '' : `    storage_opt: { size: ${size} }`}
  `,
    )
    .join('')}
`

/** `storage_opt.size` on file systems with and without quotas of projects. */
export const quotaChecks: readonly Check[] = [
  {
    title: 'tcompose up limits writable layers on ext4 with prjquota',
    run: () => limitsOn('ext4', '/dev/vdb'),
  },
  { title: 'tcompose up limits writable layers on xfs with pquota', run: () => limitsOn('xfs', '/dev/vdc') },
  { title: 'tcompose up refuses a limit that ext4 does not enforce', run: ifBuilt(refusesUnlimited) },
]

function limitsOn(type: string, disk: string): string | undefined {
  if (!existsSync(disk)) return `there is no ${disk}: the host has no mkfs.${type}`
  return ifBuilt(() => limitsLayers(type, disk))()
}

function limitsLayers(type: string, disk: string): void {
  const project = mounted(type, disk, 'prjquota')
  const quotas = join(dataOf(type), 'quotas')
  project.succeed('up', '-d')
  assert.match(
    project.inside('small', 'dd if=/dev/zero of=/full bs=1M count=16'),
    /No space left|quota exceeded/,
  )
  assert.ok(Number(project.inside('small', 'stat -c %s /full')) <= 8 * 1024 * 1024)
  assert.match(project.inside('small', 'df -m / | tail -1'), /\s8\s/)
  assert.match(project.inside('other', 'dd if=/dev/zero of=/part bs=1M count=6'), /6\+0 records out/)
  assert.match(project.inside('small', 'dd if=/dev/zero of=/memory/a bs=1M count=12'), /12\+0 records out/)
  assert.match(project.inside('free', 'dd if=/dev/zero of=/much bs=1M count=16'), /16\+0 records out/)
  // A file of the image is copied up and replaced, which moves it between the folders of the overlay.
  project.inside('other', 'chmod 600 /etc/passwd; mkdir /moved; mv /etc/group /moved')
  assert.equal(project.inside('other', 'ls /moved'), 'group\n')
  assert.match(project.inside('small', `node -e '${ESCAPE}'`), /^EPERM\n$/)
  const numbers = readdirSync(quotas)
  assert.equal(numbers.length, 2)
  project.succeed('restart', 'small')
  // On xfs the overlay finds no room for its working folder, and the kernel mounts it read-only.
  const refused = /No space left|quota exceeded|Read-only file system/
  assert.match(project.inside('small', 'dd if=/dev/zero of=/more bs=64k count=1'), refused)
  assert.deepEqual(readdirSync(quotas), numbers)
  project.succeed('down', '-t', '1')
  assert.deepEqual(readdirSync(quotas), [])
  shell(`umount /tmp/disk-${type}`)
}

/** Who owns a file may put it into another project, which no filter forbids but that of the container. */
const ESCAPE = [
  'const koffi = require("/tcompose/node_modules/koffi"), libc = koffi.load("libc.so.6")',
  'const ioctl = libc.func("int ioctl(int fd, unsigned long request, void *buffer)")',
  'const fd = require("fs").openSync("/full"), buffer = Buffer.alloc(28)',
  'ioctl(fd, 0x801c581f, buffer); buffer.writeUInt32LE(0, 12)',
  'console.log(ioctl(fd, 0x401c5820, buffer) < 0 ? require("util").getSystemErrorName(-koffi.errno()) : "escaped")',
].join(';')

function refusesUnlimited(): void {
  const { status, stderr } = mounted('ext4', '/dev/vdb', 'noquota').run('up', '-d')
  assert.equal(status, 1)
  assert.match(stderr, /Cannot limit the files of service "small" to 8MiB: "\S+" is on ext4 \(rw,.*\), which/)
  assert.match(stderr, /tune2fs -O project -Q prjquota \/dev\/vdb/)
  assert.match(stderr, /Nothing was changed/)
  shell('umount /tmp/disk-ext4')
}

function mounted(type: string, disk: string, option: string): GuestProject {
  const place = `/tmp/disk-${type}`
  mkdirSync(place, { recursive: true })
  shell(`mount -t ${type} -o ${option} ${disk} ${place}`)
  return new GuestProject('quota', compose('8m'), { TCOMPOSE_DATA: dataOf(type) })
}

function dataOf(type: string): string {
  return `/tmp/disk-${type}/data`
}

function shell(script: string): void {
  const { status, stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
}
