import type { ContainerUsage, StoreUsage, VolumeUsage } from '../../../model/stored-image.ts'
import { readProcessState } from '../../../runtime/keeper/process-files.ts'
import { readImageUsage } from '../../../store/image-usage.ts'
import { treeSize } from '../../../store/layers/layer-size.ts'
import { imageUsersOf } from '../image/image-users.ts'
import { containerLayout, type Roots } from '../state/layout.ts'
import type { ContainerEntry, ProjectRecord } from '../state/project-record.ts'
import { readProjects } from '../state/read-projects.ts'
import { listVolumes } from '../volume/list-volumes.ts'
import { volumeLayout } from '../volume/volume-layout.ts'
import { mountedVolumes } from '../volume/volume-users.ts'

/** Returns what images, containers and volumes take up, as far as records can be read; nothing is locked. */
export function readDiskUsage(roots: Roots): StoreUsage {
  const projects = readProjects(roots).records
  return {
    ...readImageUsage(roots, imageUsersOf(roots, projects)),
    containers: projects.flatMap(project => containersOf(roots, project)),
    volumes: volumesOf(roots, projects),
  }
}

function containersOf(roots: Roots, { project, containers }: ProjectRecord): readonly ContainerUsage[] {
  return [...containers.values()].map((entry: ContainerEntry) => {
    const layout = containerLayout(roots, project, entry.id)
    return {
      id: entry.id,
      project,
      name: entry.spec.name,
      image: entry.spec.config.image,
      command: entry.command,
      createdAt: entry.createdAt,
      isRunning: readProcessState(layout).kind === 'running',
      volumes: mountedVolumes(entry).length,
      bytes: treeSize(layout.upper),
    }
  })
}

function volumesOf(roots: Roots, projects: readonly ProjectRecord[]): readonly VolumeUsage[] {
  const mounted = projects.flatMap(({ containers }) => [...containers.values()].flatMap(mountedVolumes))
  return listVolumes(roots).map(name => ({
    name,
    links: mounted.filter(other => other === name).length,
    bytes: treeSize(volumeLayout(roots, name).data),
  }))
}
