/* Descriptors in the ancillary data of a socket. */
#ifndef TC_DESCRIPTORS_H
#define TC_DESCRIPTORS_H

#include <stddef.h>
#include <sys/types.h>

#define TC_MAX_DESCRIPTORS 64u

/* Sends `size` bytes, with `count` descriptors of `fds` attached to the first. As send(2), without SIGPIPE. */
ssize_t tc_send_descriptors (int socket, const void *data, size_t size, const int *fds, size_t count);
ssize_t tc_send_descriptor (int socket, const void *data, size_t size, int fd);
/* As recv(2). Stores the descriptors received, close-on-exec, TC_MAX_DESCRIPTORS at most; the caller owns
   them. */
ssize_t tc_receive_descriptors (int socket, void *data, size_t size, int *fds, size_t *count);

/* As tc_receive_descriptors, on a socket with SO_PASSCRED. `sender` is the pid of who sent, 0 if unknown. */
ssize_t tc_receive_report (int socket, void *data, size_t size, int *fds, size_t *count, pid_t *sender);

#endif
