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
}
