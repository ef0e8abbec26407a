import type { ContainerId, ProjectName } from '../model/names.ts'

/** What commands do with a container that exists, beyond the plans. */
export interface ContainerAccess {
  /**
   * Freezes the processes of a running container.
   *
   * @throws {TcomposeError} `pause` if it is paused already, or cannot be; `container-not-running`.
   */
  pause(project: ProjectName, container: ContainerId): Promise<void>
  /**
   * Lets the processes of a paused container run again.
   *
   * @throws {TcomposeError} `pause` if it is not paused.
   */
  unpause(project: ProjectName, container: ContainerId): Promise<void>
  /**
   * Returns the exit code of a container when its process has ended; of one between an end and its restart, when the next one
   * has.
   */
  awaitEnd(project: ProjectName, container: ContainerId): Promise<number>
  /** Returns where the volumes `names` are, and the labels that they were made with; undefined for one that is gone. */
  volumePlaces(names: readonly string[]): Promise<readonly (VolumePlace | undefined)[]>
}

/** Where the files of a volume are. */
export interface VolumePlace {
  readonly mountpoint: string
  readonly labels: ReadonlyMap<string, string>
}
