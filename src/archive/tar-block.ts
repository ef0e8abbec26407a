/** Bytes in a block of a tar archive; headers and contents start on a multiple. */
export const TAR_BLOCK = 512
