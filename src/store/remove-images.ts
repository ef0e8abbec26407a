import type { Digest } from '../base/digest.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import type { ImageRequest } from '../model/image-request.ts'
import type { RemovedImages, RemoveImagesOptions } from '../model/stored-image.ts'
import { type CollectOptions, collectGarbage, type ImageChoice, type StoreView } from './collect-garbage.ts'
import { findStoredImage } from './find-stored-image.ts'
import type { ImageKey } from './images/image-key.ts'
import type { StorePaths } from './store-paths.ts'

/** What to remove, and the listeners of the steps. */
export interface RemoveImagesRequest
  extends RemoveImagesOptions,
    Pick<CollectOptions, 'readUsers' | 'onStep'> {
  /** Names and ids. */
  readonly images: readonly ImageRequest[]
}

/**
 * Takes names away, and images that have none then. By its id an image loses its name; one with several only by force.
 * With `force` a name is removed even while a container needs the image, which then stays without it.
 *
 * @throws {TcomposeError} `image-not-found`, or `image-in-use`. Nothing is removed then.
 */
export async function removeImages(
  paths: StorePaths,
  { images, force, ...options }: RemoveImagesRequest,
): Promise<RemovedImages> {
  return await collectGarbage(paths, {
    ...options,
    partials: false,
    choose: view => chooseNamed(view, images, force),
  })
}

function chooseNamed(view: StoreView, images: readonly ImageRequest[], force: boolean): ImageChoice {
  const names = new Set<ImageKey>()
  const ids = new Set<Digest>()
  for (const image of images) {
    const { id, name } = findStoredImage(view.contents, image)
    const all = view.contents.names.get(id) ?? []
    if (name === undefined && all.length > 1 && !force) throw severalNames(image.reference, all)
    for (const taken of name === undefined ? all : [name]) names.add(taken)
    ids.add(id)
  }
  const nameless = [...ids].filter(id => (view.contents.names.get(id) ?? []).every(name => names.has(name)))
  const needed = nameless.filter(id => view.users.has(id) || view.isLeased(id))
  const [first] = needed
  if (first !== undefined && !(force && names.size > 0)) throw inUse(view, first)
  return { names, images: new Set(nameless.filter(id => !needed.includes(id))) }
}

function inUse({ users, contents }: StoreView, id: Digest): TcomposeError {
  const [user] = users.get(id) ?? []
  const name = contents.names.get(id)?.[0] ?? id
  const who =
    user === undefined
      ? 'a running command needs it'
      : `container ${user.container} of project ${user.project} needs it`
  return new TcomposeError('image-in-use', `Cannot remove image "${name}": ${who}`, {
    hint:
      user === undefined
        ? 'Wait until it ends'
        : `Remove the container with \`tcompose -p ${user.project} down\`, or remove only the name with --force`,
  })
}

function severalNames(text: string, names: readonly string[]): TcomposeError {
  return new TcomposeError(
    'image-in-use',
    `Cannot remove image "${text}": it has ${names.length} names, ${names.join(', ')}, expected one`,
    { hint: 'Name the ones to remove, or remove all with --force' },
  )
}
