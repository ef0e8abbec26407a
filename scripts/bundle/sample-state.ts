import { readFileSync, writeFileSync } from 'node:fs'
import { parseAbsolutePath } from '../../src/base/absolute-path.ts'
import { parseDigest } from '../../src/base/digest.ts'
import { sha256Hex } from '../../src/base/sha256.ts'
import { makePrivateFolder, writeDurableRecord, writeVolatileRecord } from '../../src/disk/record-file.ts'
import { resolveHealthcheck } from '../../src/engine/local/container/resolve-healthcheck.ts'
import { guardFirewall } from '../../src/engine/local/state/firewall-guard.ts'
import {
  type ContainerLayout,
  containerLayout,
  projectLayout,
  type Roots,
} from '../../src/engine/local/state/layout.ts'
import type { HealthRecord, LiveRecord } from '../../src/engine/local/state/live-record.ts'
import type { ContainerEntry, ProjectRecord } from '../../src/engine/local/state/project-record.ts'
import { createVolume } from '../../src/engine/local/volume/create-volume.ts'
import type { ContainerSpec } from '../../src/model/container.ts'
import { parseContainerId } from '../../src/model/names.ts'
import type { Project } from '../../src/model/project.ts'
import { EMPTY_IMAGE_CONFIG } from '../../src/oci/image-config.ts'
import { containerSpec, type DesiredService, toDesiredState } from '../../src/planner/desired-state.ts'
import { writeImageRecord } from '../../src/store/images/image-record.ts'

/**
 * Writes the records of `project` as if it ran, with process `pid` as each of its containers: commands that observe
 * find something, and `up` finds nothing to do. Commands that end containers would end that process.
 */
export async function writeSampleState(roots: Roots, project: Project, pid: number): Promise<void> {
  const desired = toDesiredState(project, { profiles: ['*'] }, sha256Hex)
  const imageId = parseDigest(`sha256:${sha256Hex('rootfs:/')}`)
  const content = { kind: 'folder', path: parseAbsolutePath('/') } as const
  writeImageRecord(roots, { id: imageId, reference: 'rootfs:/', config: EMPTY_IMAGE_CONFIG, content })
  const entries = desired.services.map(service => entryOf(project, service))
  const record: ProjectRecord = {
    version: 1,
    project: project.name,
    workingDir: project.workingDir,
    files: project.files,
    networks: new Map(
      [...desired.networks].map(([key, network]) => [
        key,
        // An interface that every namespace has takes the place of the bridge.
        { ...network, phase: 'created', bridge: 'lo', subnet: '172.31.0.0/24', gateway: '172.31.0.1' },
      ]),
    ),
    volumes: new Map(
      [...desired.volumes].map(([key, { volume, configHash }]) => [
        key,
        { phase: 'created', key, name: volume.name, configHash, external: false },
      ]),
    ),
    containers: new Map(entries.map(entry => [entry.id, { ...entry, imageId }])),
  }
  for (const { volume } of desired.volumes.values()) {
    createVolume(roots, { name: volume.name, labels: volume.labels, createdAt: Date.now() })
  }
  makePrivateFolder(projectLayout(roots, project.name).dataDir)
  await writeDurableRecord(projectLayout(roots, project.name).record, record)
  for (const entry of entries) writeLiveFiles(containerLayout(roots, project.name, entry.id), entry.spec, pid)
  // As its supervisor would: the kernel is then not asked for rules that this machine does not have.
  guardFirewall(projectLayout(roots, project.name), pid)
}

function entryOf(project: Project, service: DesiredService): ContainerEntry {
  return {
    id: parseContainerId(sha256Hex(service.config.name)),
    phase: 'created',
    spec: containerSpec({ project: project.name }, service, 1),
    imageId: undefined,
    createdAt: Date.now(),
    command: service.config.command ?? [],
    anonymousVolumes: [],
  }
}

function writeLiveFiles(layout: ContainerLayout, spec: ContainerSpec, pid: number): void {
  const live: LiveRecord = {
    version: 1,
    id: sha256Hex(spec.service),
    project: 'sample',
    service: spec.service,
    number: spec.number,
    name: spec.name,
    netns: layout.netns,
    endpoints: [...spec.networkNames].map(([network, networkName]) => ({
      network,
      networkName,
      ipv4Address: '172.31.0.2',
      prefixLength: 24,
      gateway: '172.31.0.1',
      macAddress: '02:00:00:00:00:02',
      interfaceName: 'eth0',
      hostInterface: 'lo',
      aliases: [],
    })),
    ports: [{ hostIp: '127.0.0.1', hostPort: 8080, target: 80, protocol: 'tcp' }],
    dns: undefined,
    health: resolveHealthcheck(spec.config.healthcheck, undefined),
    restart: spec.config.restart,
    cgroups: [],
  }
  makePrivateFolder(layout.runDir)
  writeVolatileRecord(layout.live, live)
  // proc_pid_stat(5): field 22 is the start time; the command's name, which may hold blanks, is in brackets.
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  const runStartedAt = Date.now()
  writeFileSync(layout.pid, `${pid} ${startTime} ${runStartedAt}000000\n`)
  const health: HealthRecord = { version: 1, status: 'healthy', failingStreak: 0, log: [], runStartedAt }
  writeVolatileRecord(layout.health, health)
}
