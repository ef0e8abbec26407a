/** Tells whether an extended attribute belongs to an image. The host's labels do not. */
export function isImageXattr(name: string): boolean {
  if (isOverlayXattr(name)) return false
  return name.startsWith('user.') || name === 'security.capability' || name.startsWith('system.posix_acl_')
}

/** Tells whether an extended attribute is overlayfs' own: by some of these it takes one folder for another. */
export function isOverlayXattr(name: string): boolean {
  return /^(trusted|user)\.overlay\./.test(name)
}
