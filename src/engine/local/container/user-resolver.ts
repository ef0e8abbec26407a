import { lstatSync } from 'node:fs'
import { LayeredTree } from '../../../disk/layered-tree.ts'
import type { Image } from '../../../model/image.ts'
import { type ResolvedUser, resolveUser, type UserRequest } from '../../../runtime/rootfs/users.ts'
import type { ContainerLayout } from '../state/layout.ts'

/** Whose account, in which container. */
export interface AccountRequest extends UserRequest {
  readonly image: Image
  readonly layout: Pick<ContainerLayout, 'upper'>
}

/**
 * Resolves users against the account files of containers. Those of an image are read once for each user; a container
 * that has written its own `/etc` is read each time.
 */
export class UserResolver {
  readonly #known = new Map<string, ResolvedUser>()

  /** @throws {TcomposeError} `user-not-found`. */
  resolve({ image, layout, ...user }: AccountRequest): ResolvedUser {
    if (lstatSync(`${layout.upper}/etc`, { throwIfNoEntry: false }) !== undefined)
      return resolveUser(user, new LayeredTree([...image.layers, layout.upper]))
    const key = JSON.stringify([image.id, user.user, user.groupAdd])
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const account = resolveUser(user, new LayeredTree(image.layers))
    this.#known.set(key, account)
    return account
  }
}
