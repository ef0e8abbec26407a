import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectRoot } from '../project-root.ts'
import type { Bundle } from './bundle-program.ts'

/**
 * Runs each training command of `bundle` and keeps V8's code for the functions that ran. A run that fails leaves what
 * it reached.
 */
export async function fillCodeCache({ program, stem }: Bundle): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'tcompose-build-'))
  try {
    writeFileSync(join(scratch, 'compose.yaml'), SAMPLE)
    for (const [index, training] of program.training.entries()) {
      const cache = index === 0 ? `${stem}.cache` : `${stem}.${training[0]}.cache`
      train({ launcher: join(projectRoot, 'dist', `${program.name}.cjs`), cache, args: training, scratch })
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

interface TrainingRun {
  readonly launcher: string
  readonly cache: string
  readonly args: readonly string[]
  readonly scratch: string
}

function train({ launcher, cache, args, scratch }: TrainingRun): void {
  spawnSync(process.execPath, [join(projectRoot, 'scripts/bundle/train.cjs'), cache, launcher, ...args], {
    cwd: scratch,
    env: {
      PATH: process.env['PATH'],
      TCOMPOSE_DATA: join(scratch, 'data'),
      TCOMPOSE_RUN: join(scratch, 'run'),
    },
    stdio: 'ignore',
    timeout: 10_000,
    killSignal: 'SIGKILL',
  })
}

const SAMPLE = `name: sample
services:
  web:
    image: rootfs:/
    command: [sleep, "1"]
    depends_on: { store: { condition: service_healthy } }
    environment: { PORT: "\${PORT:-80}", LIST: a }
    ports: ["127.0.0.1:8080:80"]
    volumes: ["data:/data", "./page:/page:ro"]
    mem_limit: 64m
    cpus: 0.5
    pids_limit: 50
    restart: unless-stopped
    networks: [front]
  store:
    image: rootfs:/
    command: sleep 1
    tmpfs: [/tmp]
    healthcheck: { test: [CMD, "true"], interval: 1s }
    deploy: { resources: { limits: { memory: 64m } } }
    networks: [front]
networks: { front: {} }
volumes: { data: {} }
`
